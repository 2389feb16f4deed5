import { type Advice, advisedIndexes } from './advice.ts';
import { tableRefusals } from './advise.ts';
import { coveredBy, type IndexShape, isPrefix, keySql, shapeSql } from './index-shape.ts';
import { indexBytes } from './index-size.ts';
import type { PreparedWorkload } from './read-workload.ts';
import type { Refusal } from './refusals.ts';
import type { TableRoles } from './statement-roles.ts';

const manyRows = 0.1;
const widest = 3;
const mostAdvised = 10;

/** Advice without plans: for each search of a table the columns compared, most selective first, then the range or the order. */
export function adviseStructurally(workload: PreparedWorkload, maxBytes: number): Advice {
  const refusedTables = tableRefusals(workload);
  const byTime = workload.prepared.toSorted((a, b) => (b.statement.totalMs ?? 0) - (a.statement.totalMs ?? 0));
  const judged = byTime
    .flatMap(({ roles }) => roles)
    .flatMap((role) => {
      const shape = refusedTables.has(role.table.oid) ? undefined : wanted(role);
      return shape === undefined ? [] : [{ shape, refusal: refuse(role, shape) }];
    });
  const shapes = judged.flatMap(({ shape, refusal }) => (refusal === undefined ? [shape] : []));
  const refusals = [...refusedTables.values(), ...judged.flatMap(({ refusal }) => refusal ?? [])];
  const chosen = within(longestOf(shapes).slice(0, mostAdvised), maxBytes);
  return {
    mode: 'structural',
    indexes: advisedIndexes(
      chosen.map((shape) => ({ shape, saved: undefined, gain: undefined, statements: [] })),
      workload,
      'structural',
    ),
    refusals: [...new Map(refusals.map((one) => [`${one.index} ${one.why}`, one])).values()],
    before: undefined,
    after: undefined,
    plans: 0,
    complete: true,
    refused: [],
  };
}

function refuse(role: TableRoles, shape: IndexShape): Refusal | undefined {
  const there = coveredBy(shape);
  const why =
    there !== undefined
      ? `a prefix of ${there.name}, which is there`
      : isVague(role, shape)
        ? 'low selectivity: a value fits many rows'
        : undefined;
  return why === undefined ? undefined : { table: role.table.sql, index: shapeSql(shape), why };
}

/** Without those that another begins with. */
function longestOf(shapes: readonly IndexShape[]): readonly IndexShape[] {
  return shapes.filter((shape, place) =>
    shapes.every((other, at) => at === place || !isPrefix(shape, other) || (isPrefix(other, shape) && at > place)),
  );
}

function within(shapes: readonly IndexShape[], maxBytes: number): readonly IndexShape[] {
  let bytes = 0;
  return shapes.filter((shape) => {
    bytes += indexBytes(shape);
    return bytes <= maxBytes;
  });
}

function wanted({ table, equalities, joins, ranges, orders }: TableRoles): IndexShape | undefined {
  const distinct = (name: string | undefined): number =>
    table.columns.find((column) => column.name === name)?.distinct ?? 0;
  const heads = [...equalities, ...joins].toSorted(
    (a, b) => distinct(b.columns[0]) - distinct(a.columns[0]) || (a.sql < b.sql ? -1 : 1),
  );
  const tail = ranges.length > 0 ? ranges.slice(0, 1) : (orders[0] ?? []);
  const all = [...heads, ...tail];
  const keys = all.filter((key, place) => all.findIndex(({ sql }) => sql === key.sql) === place).slice(0, widest);
  const plain = keys.every(
    (key) => table.columns.some(({ sql }) => sql === key.sql) || /^(lower|upper)\(/.test(key.sql),
  );
  const searched = heads.length > 0 || ranges.length > 0;
  return searched && plain && keys.every((key) => keySql(key) !== '')
    ? { table, keys, include: [], predicate: undefined }
    : undefined;
}

function isVague({ equalities, joins, ranges, table }: TableRoles, { keys }: IndexShape): boolean {
  if (joins.length > 0 || ranges.length > 0 || equalities.length === 0) return false;
  const distinct = keys.reduce(
    (product, { columns }) => product * (table.columns.find(({ name }) => name === columns[0])?.distinct ?? 1),
    1,
  );
  return 1 / Math.max(1, distinct) >= manyRows;
}
