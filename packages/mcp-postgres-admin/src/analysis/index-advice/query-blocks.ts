import type { AdviceTable, RelationName } from '../../model/index-advice.ts';
import { as, children, conjuncts, isNode, list, type Node, text, words } from '../syntax.ts';

/** A relation that a SELECT reads under a name; without a table it is a subquery, a function or unknown. */
export interface Relation {
  readonly alias: string;
  readonly table: AdviceTable | undefined;
  /** Columns that the statement needs of it, anywhere. */
  readonly reads: Set<string>;
}

/** One SELECT of a statement with its own FROM. */
export interface Block {
  readonly select: Node;
  readonly relations: Relation[];
  /** All have to hold: WHERE and the conditions of joins. */
  readonly conditions: unknown[];
  /** Columns of JOIN … USING. */
  readonly using: string[];
  readonly parent: Block | undefined;
}

export type TableLookup = (name: RelationName) => AdviceTable | undefined;

/** Names of all relations in a tree, but for those that a WITH defines. */
export function relationNames(tree: unknown): readonly RelationName[] {
  const common = new Set<string>();
  const found: RelationName[] = [];
  const visit = (node: unknown): void => {
    const name = text(as('CommonTableExpr', node)?.['ctename']);
    if (name !== undefined) common.add(name);
    const relation = as('RangeVar', node);
    if (relation) found.push({ schema: text(relation['schemaname']), name: text(relation['relname']) ?? '' });
    else children(node).forEach(visit);
  };
  visit(tree);
  return found.filter(({ schema, name }) => schema !== undefined || !common.has(name));
}

/** Every SELECT of a statement, subqueries and arms of UNION too, with its relations and conditions. */
export function queryBlocks(select: Node, lookup: TableLookup): readonly Block[] {
  const blocks: Block[] = [];
  const visit = (node: Node, parent: Block | undefined): void => {
    const arms = [node['larg'], node['rarg']].filter(isNode);
    if (arms.length === 2) {
      list(isNode(node['withClause']) ? node['withClause']['ctes'] : []).forEach((part) => below(part, parent));
      return arms.forEach((arm) => visit(arm, parent));
    }
    const block: Block = { select: node, relations: [], conditions: [], using: [], parent };
    blocks.push(block);
    for (const item of list(node['fromClause'])) addFrom(item, block, lookup);
    block.conditions.push(...conjuncts(node['whereClause']));
    below(Object.values(node), block);
  };
  const below = (node: unknown, block: Block | undefined): void => {
    const inner = as('SelectStmt', node);
    if (inner) visit(inner, block);
    else children(node).forEach((child) => below(child, block));
  };
  visit(select, undefined);
  for (const block of blocks) noteReads(block);
  return blocks;
}

function addFrom(item: unknown, block: Block, lookup: TableLookup): void {
  const join = as('JoinExpr', item);
  if (join) {
    addFrom(join['larg'], block, lookup);
    addFrom(join['rarg'], block, lookup);
    block.conditions.push(...conjuncts(join['quals']));
    block.using.push(...(words(join['usingClause']) ?? []));
    return;
  }
  const [node] = isNode(item) ? Object.values(item).filter(isNode) : [];
  const alias = isNode(node?.['alias']) ? text(node['alias']['aliasname']) : undefined;
  const relation = as('RangeVar', item);
  const name = text(relation?.['relname']);
  const table = name === undefined ? undefined : lookup({ schema: text(relation?.['schemaname']), name });
  block.relations.push({ alias: alias ?? name ?? '', table, reads: new Set() });
}

/** The relation and column that a reference means, in its block or one around it. */
export function resolveColumn(
  reference: Node,
  block: Block,
): { readonly relation: Relation; readonly column: string; readonly block: Block } | undefined {
  const parts = words(reference['fields']);
  const column = parts?.at(-1);
  if (parts === undefined || column === undefined) return undefined;
  const alias = parts.at(-2);
  for (let at: Block | undefined = block; at !== undefined; at = at.parent) {
    const fitting = at.relations.filter(
      (relation) =>
        (alias === undefined || relation.alias === alias) &&
        relation.table?.columns.some(({ name }) => name === column) === true,
    );
    const [relation] = fitting;
    if (relation !== undefined) return fitting.length === 1 ? { relation, column, block: at } : undefined;
  }
  return undefined;
}

function noteReads(block: Block): void {
  const visit = (node: unknown): void => {
    if (as('SelectStmt', node)) return;
    const reference = as('ColumnRef', node);
    if (reference === undefined) return children(node).forEach(visit);
    const found = resolveColumn(reference, block);
    if (found) found.relation.reads.add(found.column);
    else readWhole(reference, block);
  };
  Object.values(block.select).forEach(visit);
  for (const column of block.using) for (const { reads } of block.relations) reads.add(column);
}

/** `*`, `t.*` and `t` need every column. */
function readWhole(reference: Node, block: Block): void {
  const names = list(reference['fields']).map((part) => text(as('String', part)?.['sval']));
  const alias = names.findLast((name) => name !== undefined);
  for (const { alias: own, table, reads } of block.relations) {
    if (alias === undefined || own === alias) table?.columns.forEach(({ name }) => reads.add(name));
  }
}
