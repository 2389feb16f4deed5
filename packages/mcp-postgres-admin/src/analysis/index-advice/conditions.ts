import type { AdviceColumn } from '../../model/index-advice.ts';
import type { KeyPart, Predicate } from './index-shape.ts';
import { columnsBelow, type Keyed, keyed } from './key-part.ts';
import { differentFrom, equalTo, isNull, isTrue } from './partial.ts';
import type { Block } from './query-blocks.ts';
import type { Collected } from './statement-roles.ts';
import { as, conjuncts, list, type Node, operator, text } from '../syntax.ts';

/** Notes what one condition, which has to hold, asks of the tables. */
export function noteCondition(condition: unknown, block: Block, to: Collected): void {
  const expression = as('A_Expr', condition);
  if (expression) return noteExpression(expression, block, to);
  const boolean = as('BoolExpr', condition);
  if (boolean?.['boolop'] === 'OR_EXPR') {
    for (const branch of list(boolean['args'])) {
      const own = to.branch();
      conjuncts(branch).forEach((part) => noteCondition(part, block, own));
    }
    return;
  }
  if (boolean?.['boolop'] === 'NOT_EXPR') return noteBoolean(list(boolean['args'])[0], block, to, false);
  if (as('ColumnRef', condition)) return noteBoolean(condition, block, to, true);
  const test = as('BooleanTest', condition);
  if (test?.['booltesttype'] === 'IS_TRUE' || test?.['booltesttype'] === 'IS_FALSE')
    return noteBoolean(test['arg'], block, to, test['booltesttype'] === 'IS_TRUE');
  const nullTest = as('NullTest', condition);
  if (nullTest) return noteNull(nullTest, block, to);
  const link = as('SubLink', condition);
  if (link?.['subLinkType'] === 'ANY_SUBLINK') noteSubquery(link, block, to);
}

function noteExpression(expression: Node, block: Block, to: Collected): void {
  const { kind, lexpr, rexpr } = expression;
  const sign = operator(expression);
  const left = keyed(lexpr, block);
  const right = keyed(rexpr, block);
  if (sign === '=' && as('RowExpr', lexpr)) {
    // `(a, b) IN ((1, 2), …)` compares column by column.
    for (const part of list(as('RowExpr', lexpr)?.['args'])) noteEquality(keyed(part, block), rexpr, block, to, []);
    return;
  }
  if (kind === 'AEXPR_OP' && sign === '=') {
    noteEquality(left, rexpr, block, to);
    return noteEquality(right, lexpr, block, to);
  }
  if (kind === 'AEXPR_OP' && ['<', '>', '<=', '>='].includes(sign)) {
    if (as('RowExpr', lexpr)) return noteRow(lexpr, block, to);
    noteRange(left, rexpr, block, to);
    return noteRange(right, lexpr, block, to);
  }
  if (kind === 'AEXPR_OP_ANY' && sign === '=') return noteEquality(left, rexpr, block, to);
  if (kind === 'AEXPR_IN' && sign === '=') {
    const values = list(as('List', rexpr)?.['items'] ?? rexpr);
    return noteEquality(left, rexpr, block, to, values);
  }
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_BETWEEN_SYM') return noteRange(left, rexpr, block, to);
  if (kind === 'AEXPR_LIKE' && sign === '~~') return noteLike(left, rexpr, to);
  if (kind === 'AEXPR_OP' && sign === '<>' && left?.plain)
    return notePredicate(left, differentFrom(tableOf(left), columnOf(left), rexpr), to);
  if (left && (kind === 'AEXPR_ILIKE' || /^(@>|<@|&&|@@|\?[|&]?|~\*?|%|<->)$/.test(sign))) {
    to.unserved.add(`${left.part.sql} ${kind === 'AEXPR_ILIKE' ? 'ILIKE' : sign}`);
  }
}

/** `values` are those of an IN list; without them the one on the other side. */
function noteEquality(
  side: Keyed | undefined,
  other: unknown,
  block: Block,
  to: Collected,
  values: readonly unknown[] = [other],
): void {
  if (side === undefined || side.block !== block) return;
  const others = columnsBelow(other, block);
  if (others.some(({ relation }) => relation === side.relation)) return;
  const roles = to.of(side.relation);
  // Columns of a query around this one are values by the time that this one runs.
  const isJoin = others.some((column) => column.block === block);
  (isJoin ? roles.joins : roles.equalities).push(side.part);
  if (side.plain && !isJoin) notePredicate(side, equalTo(tableOf(side), columnOf(side), values), to);
}

function noteRange(side: Keyed | undefined, other: unknown, block: Block, to: Collected): void {
  if (side === undefined || side.block !== block) return;
  if (columnsBelow(other, block).some((column) => column.block === block)) return;
  to.of(side.relation).ranges.push(side.part);
}

/** `(a, b) > (…, …)` reads on in the order of the columns. */
function noteRow(row: unknown, block: Block, to: Collected): void {
  const parts = list(as('RowExpr', row)?.['args']).map((arg) => keyed(arg, block));
  const [first] = parts;
  if (first?.block !== block || parts.some((part) => part?.relation !== first.relation)) return;
  to.of(first.relation).orders.push(parts.flatMap((part) => (part ? [part.part] : [])));
}

function noteLike(side: Keyed | undefined, pattern: unknown, to: Collected): void {
  if (side === undefined) return;
  const constant = as('A_Const', as('TypeCast', pattern)?.['arg'] ?? pattern);
  const value = text((constant?.['sval'] as Node | undefined)?.['sval']);
  const start = value === undefined ? undefined : /^[^%_\\]*/.exec(value)?.[0];
  if (start === undefined) to.unserved.add(`${side.part.sql} LIKE a pattern that is not known here`);
  else if (start === '') to.unserved.add(`${side.part.sql} LIKE '%…'`);
  else {
    const part = forPattern(side);
    if (part) to.of(side.relation).ranges.push(part);
  }
}

/** Under another collation than C only the pattern operators compare byte by byte, as LIKE does. */
function forPattern({ relation, part, plain }: Keyed): KeyPart | undefined {
  const column = relation.table?.columns.find(({ name }) => name === part.columns[0]);
  if (column?.byteOrder) return part;
  const operatorClass = plain ? column?.patternClass : 'text_pattern_ops';
  return operatorClass === null || operatorClass === undefined ? undefined : { ...part, operatorClass };
}

function noteBoolean(node: unknown, block: Block, to: Collected, holds: boolean): void {
  const column = keyed(node, block);
  if (column?.plain !== true || column.block !== block) return;
  const predicate = isTrue(tableOf(column), columnOf(column), holds);
  if (predicate === undefined) return;
  to.of(column.relation).equalities.push(column.part);
  notePredicate(column, predicate, to);
}

function noteNull({ arg, nulltesttype }: Node, block: Block, to: Collected): void {
  const column = keyed(arg, block);
  if (column?.plain !== true || column.block !== block) return;
  const not = nulltesttype === 'IS_NOT_NULL';
  if (!not) to.of(column.relation).equalities.push(column.part);
  notePredicate(column, isNull(tableOf(column), columnOf(column), not), to);
}

/** `column IN (SELECT …)` joins the column with what the subquery returns. */
function noteSubquery(link: Node, block: Block, to: Collected): void {
  const column = keyed(link['testexpr'], block);
  if (column?.block === block) to.of(column.relation).joins.push(column.part);
}

function notePredicate(side: Keyed, predicate: Predicate | undefined, to: Collected): void {
  if (predicate) to.of(side.relation).predicates.push(predicate);
}

function tableOf({ relation }: Keyed): NonNullable<typeof relation.table> {
  if (relation.table === undefined) throw new Error('keys are of tables');
  return relation.table;
}

function columnOf({ part }: Keyed): AdviceColumn['name'] {
  return part.columns[0] ?? '';
}
