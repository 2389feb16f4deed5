import { columnSql, type KeyPart } from './index-shape.ts';
import { type Block, type Relation, resolveColumn } from './query-blocks.ts';
import { as, children, list, type Node, text, words } from '../syntax.ts';

/** An expression over one column of one relation. */
export interface Keyed {
  readonly relation: Relation;
  readonly block: Block;
  readonly part: KeyPart;
  /** The expression is the column itself. */
  readonly plain: boolean;
}

const textTypes = ['text', 'varchar', 'bpchar'];

/** What an index could hold of an expression; undefined for constants, several columns and what has no text of ours. */
export function keyed(node: unknown, block: Block): Keyed | undefined {
  const column = plainColumn(node, block);
  if (column) return column;
  const inner = columnsBelow(node, block);
  const [first] = inner;
  if (first === undefined || inner.some(({ relation }) => relation !== first.relation)) return undefined;
  const written = expressionSql(node, block);
  if (written === undefined) return undefined;
  const columns = [...new Set(inner.flatMap(({ part }) => part.columns))];
  const isCall = as('FuncCall', node) !== undefined;
  return { ...first, plain: false, part: { sql: isCall ? written : `(${written})`, columns } };
}

/** Plain columns that an expression reads, those of outer blocks too. */
export function columnsBelow(node: unknown, block: Block): readonly Keyed[] {
  if (as('SelectStmt', node)) return [];
  if (as('ColumnRef', node)) {
    const column = plainColumn(node, block);
    return column ? [column] : [];
  }
  return children(node).flatMap((child) => columnsBelow(child, block));
}

function plainColumn(node: unknown, block: Block): Keyed | undefined {
  const reference = as('ColumnRef', uncast(node));
  const found = reference && resolveColumn(reference, block);
  if (!found?.relation.table) return undefined;
  const { relation, column } = found;
  const type = relation.table?.columns.find(({ name }) => name === column)?.type ?? '';
  // varchar::text is the same bytes: PostgreSQL looks through that cast, and through no other.
  if (reference !== as('ColumnRef', node) && !/^(character varying|text)/.test(type)) return undefined;
  return {
    relation,
    block: found.block,
    plain: true,
    part: { sql: columnSql(found.relation.table, column), columns: [column] },
  };
}

function uncast(node: unknown): unknown {
  const cast = as('TypeCast', node);
  const type = words((cast?.['typeName'] as Node | undefined)?.['names'])?.at(-1) ?? '';
  return cast && textTypes.includes(type) ? cast['arg'] : node;
}

/** SQL of the few forms that applications index: calls and casts of columns and constants, and `->>`. */
function expressionSql(node: unknown, block: Block): string | undefined {
  const column = as('ColumnRef', node) && plainColumn(node, block);
  if (column) return column.part.sql;
  const constant = constantSql(node);
  if (constant !== undefined) return constant;
  const call = as('FuncCall', node);
  if (call) return callSql(call, block);
  const cast = as('TypeCast', node);
  if (cast) {
    const arg = expressionSql(cast['arg'], block);
    const type = words((cast['typeName'] as Node | undefined)?.['names'])?.at(-1);
    return arg === undefined || type === undefined || !/^[a-z_0-9]+$/.test(type) ? undefined : `${arg}::${type}`;
  }
  const expression = as('A_Expr', node);
  const sign = words(expression?.['name'])?.at(-1) ?? '';
  if (expression?.['kind'] !== 'AEXPR_OP' || !/^(->>?|[+*/-])$/.test(sign)) return undefined;
  const left = expressionSql(expression['lexpr'], block);
  const right = expressionSql(expression['rexpr'], block);
  return left === undefined || right === undefined ? undefined : `${left} ${sign} ${right}`;
}

function callSql(call: Node, block: Block): string | undefined {
  const names = words(call['funcname']);
  const args = list(call['args']).map((arg) => expressionSql(arg, block));
  const odd = ['agg_star', 'agg_distinct', 'agg_order', 'agg_filter', 'over', 'func_variadic'].some(
    (field) => field in call,
  );
  if (names === undefined || odd || args.some((arg) => arg === undefined)) return undefined;
  const name = names.filter((part, place) => place > 0 || names.length === 1 || part !== 'pg_catalog');
  return name.every((part) => /^[a-z_][a-z0-9_]*$/.test(part)) ? `${name.join('.')}(${args.join(', ')})` : undefined;
}

/** SQL of a constant, cast or not; undefined for anything else, parameters too. */
export function constantSql(node: unknown): string | undefined {
  const constant = as('A_Const', node);
  if (constant === undefined) return undefined;
  const value = (type: string, field: string): unknown => (constant[type] as Node | undefined)?.[field];
  if ('sval' in constant) return quoted(text(value('sval', 'sval')) ?? '');
  if ('ival' in constant) return `${(value('ival', 'ival') as number | undefined) ?? 0}`;
  if ('fval' in constant) return text(value('fval', 'fval'));
  if ('boolval' in constant) return value('boolval', 'boolval') === true ? 'true' : 'false';
  return undefined;
}

function quoted(value: string): string {
  const doubled = value.replaceAll("'", "''");
  return value.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}
