import type { KeyPart } from './index-shape.ts';
import { keyed } from './key-part.ts';
import type { Block, Relation } from './query-blocks.ts';
import { as, list, type Node, text, words } from '../syntax.ts';

/** A sequence of columns in which the rows of one relation are wanted. */
export interface Order {
  readonly relation: Relation;
  readonly parts: readonly KeyPart[];
}

interface Wanted {
  readonly node: unknown;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** ORDER BY, GROUP BY, DISTINCT, min and max of a SELECT, and the column that `IN (SELECT column …)` looks up. */
export function orders(block: Block): readonly Order[] {
  const { select } = block;
  const plain = (node: unknown): Wanted => ({ node, descending: false, nullsFirst: false });
  const groups = list(select['groupClause']);
  const targets = list(select['targetList']).map((target) => as('ResTarget', target)?.['val']);
  const sequences = [
    list(select['sortClause']).map((sort) => sortOf(as('SortBy', sort) ?? {}, block)),
    groups.map((group) => plain(named(group, block))),
    ...('distinctClause' in select ? [targets.map(plain)] : []),
    ...(groups.length === 0 ? targets.map((target) => [plain(extreme(target))]) : []),
    ...(block.parent !== undefined && targets.length === 1 ? [targets.map(plain)] : []),
  ];
  return sequences.flatMap((sequence) => {
    const order = orderOf(sequence, block);
    return order === undefined ? [] : [order];
  });
}

function sortOf(sort: Node, block: Block): Wanted {
  const descending = sort['sortby_dir'] === 'SORTBY_DESC';
  const nulls = sort['sortby_nulls'];
  return {
    node: named(sort['node'], block),
    descending,
    nullsFirst: nulls === 'SORTBY_NULLS_FIRST' || (descending && nulls !== 'SORTBY_NULLS_LAST'),
  };
}

/** `ORDER BY 2` and `ORDER BY alias` mean what the SELECT returns. */
function named(node: unknown, { select }: Block): unknown {
  const targets = list(select['targetList']).map((target) => as('ResTarget', target));
  const number = (as('A_Const', node)?.['ival'] as Node | undefined)?.['ival'];
  if (typeof number === 'number') return targets[number - 1]?.['val'];
  const name = words(as('ColumnRef', node)?.['fields']);
  const target = name?.length === 1 ? targets.find((one) => text(one?.['name']) === name[0]) : undefined;
  return target?.['val'] ?? node;
}

/** The argument of min or max. */
function extreme(node: unknown): unknown {
  const call = as('FuncCall', node);
  return ['min', 'max'].includes(words(call?.['funcname'])?.at(-1) ?? '') ? list(call?.['args'])[0] : undefined;
}

function orderOf(sequence: readonly Wanted[], block: Block): Order | undefined {
  const keys = sequence.map(({ node }) => keyed(node, block));
  const [first] = keys;
  if (first === undefined || first.block !== block) return undefined;
  if (keys.some((key) => key?.relation !== first.relation)) return undefined;
  // An index is read backwards as well: the first column is taken as ascending.
  const turned = sequence[0]?.descending === true;
  const parts = keys.flatMap((key, place) => {
    const wanted = sequence[place];
    if (key === undefined || wanted === undefined) return [];
    const order = orderText(wanted.descending !== turned, wanted.nullsFirst !== turned);
    return [order === '' ? key.part : { ...key.part, order }];
  });
  return { relation: first.relation, parts };
}

/** Ascending order has NULLs last, descending order first. */
function orderText(descending: boolean, nullsFirst: boolean): string {
  if (descending) return nullsFirst ? ' DESC' : ' DESC NULLS LAST';
  return nullsFirst ? ' NULLS FIRST' : '';
}
