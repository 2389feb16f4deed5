import type { AdviceColumn, AdviceTable } from '../../model/index-advice.ts';
import { coveredBy, type IndexShape, type KeyPart, keySql, type Predicate, shapeSql } from './index-shape.ts';
import { partialShare } from './partial.ts';
import type { TableRoles } from './statement-roles.ts';

const widest = 3;
const mostHeads = 4;
const mostTails = 3;
const mostCarried = 4;
const mostCarriedBytes = 100;

export interface Candidate {
  /** `ON … (…)`: the same index always has the same text. */
  readonly id: string;
  readonly shape: IndexShape;
  /** Places of the statements that it might serve. */
  readonly statements: ReadonlySet<number>;
}

/** Every index worth imagining for the roles of some statements, in a fixed order; none that an existing one makes needless. */
export function findCandidates(statements: readonly (readonly TableRoles[])[]): readonly Candidate[] {
  const shapes = new Map<string, IndexShape>();
  for (const roles of statements.flat()) {
    for (const shape of shapesFor(roles)) {
      if (coveredBy(shape) === undefined) shapes.set(shapeSql(shape), shape);
    }
  }
  const candidates = [...shapes].map(([id, shape]) => ({
    id,
    shape,
    statements: new Set(statements.flatMap((roles, place) => (roles.some((one) => serves(shape, one)) ? [place] : []))),
  }));
  return candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Sequences of equalities and joins in every order, then one range or the order wanted; partial and covering ones. */
function shapesFor(roles: TableRoles): readonly IndexShape[] {
  const { table } = roles;
  const heads = distinctKeys([...mostSelective(table, roles.equalities), ...roles.joins], table).slice(0, mostHeads);
  const tails = [
    ...distinctKeys(roles.ranges, table)
      .slice(0, mostTails)
      .map((range) => [range]),
    ...roles.orders.slice(0, mostTails).filter((order) => order.every((key) => isOrdered(table, key))),
  ];
  const sequences = sequencesOf(heads, tails);
  const plain = sequences.map((keys): IndexShape => ({ table, keys, include: [], predicate: undefined }));
  const shapes = [...plain, ...partialShapes(roles, sequences)];
  return [...shapes, ...coveringShapes(roles, heads, shapes)];
}

function sequencesOf(
  heads: readonly KeyPart[],
  tails: readonly (readonly KeyPart[])[],
): readonly (readonly KeyPart[])[] {
  const orders = arrangements(heads, widest);
  const tailed = [[], ...arrangements(heads, widest - 1)].flatMap((order) =>
    tails.map((tail) => unique([...order, ...tail]).slice(0, widest)),
  );
  return [...orders, ...tailed].filter((keys) => keys.length > 0);
}

/** Every order of every choice of up to `most` items. */
function arrangements(items: readonly KeyPart[], most: number): readonly (readonly KeyPart[])[] {
  if (most === 0) return [];
  return items.flatMap((item) => [
    [item],
    ...arrangements(
      items.filter((other) => other !== item),
      most - 1,
    ).map((rest) => [item, ...rest]),
  ]);
}

function partialShapes(roles: TableRoles, sequences: readonly (readonly KeyPart[])[]): readonly IndexShape[] {
  const { table } = roles;
  const narrow = narrowPredicates(roles.predicates);
  return narrow.flatMap((predicate) => {
    const others = sequences
      .map((keys) => keys.filter(({ columns }) => !columns.some((name) => predicate.columns.includes(name))))
      .filter((keys) => keys.length > 0 && keys.length < widest);
    const own = predicate.columns.flatMap((name) => keyOf(table, name));
    return [...others, own].map((keys): IndexShape => ({ table, keys, include: [], predicate }));
  });
}

function narrowPredicates(predicates: readonly Predicate[]): readonly Predicate[] {
  const byText = new Map(predicates.filter(({ share }) => share < partialShare).map((one) => [one.sql, one]));
  return [...byText.values()].toSorted((a, b) => a.share - b.share || (a.sql < b.sql ? -1 : 1)).slice(0, 2);
}

/** Index-only scans, where what is missing is small, for the shapes that take over all they can. */
function coveringShapes(
  { table, reads }: TableRoles,
  heads: readonly KeyPart[],
  shapes: readonly IndexShape[],
): readonly IndexShape[] {
  const longest = Math.max(0, ...shapes.map(({ keys }) => keys.length));
  return shapes.flatMap((shape) => {
    const whole = shape.keys.length >= Math.min(longest, heads.length + 1);
    const held = new Set(
      shape.keys.flatMap(({ columns, sql }) => columns.filter((name) => isColumn(table, name, sql))),
    );
    const include = table.columns.filter(({ name }) => reads.has(name) && !held.has(name));
    const bytes = include.reduce((sum, { averageWidth }) => sum + (averageWidth ?? mostCarriedBytes), 0);
    if (!whole || include.length === 0 || include.length > mostCarried || bytes > mostCarriedBytes) return [];
    return [{ ...shape, include: include.map(({ name }) => name) }];
  });
}

/** True when a plan for these roles might read the index: by its first key, or because it holds all columns. */
function serves({ table, keys, include, predicate }: IndexShape, roles: TableRoles): boolean {
  if (table.oid !== roles.table.oid) return false;
  if (predicate !== undefined && roles.predicates.every(({ sql }) => sql !== predicate.sql)) return false;
  const [first] = keys;
  const starts = [
    ...roles.equalities,
    ...roles.joins,
    ...roles.ranges,
    ...roles.orders.flatMap((order) => order.slice(0, 1)),
  ];
  const held = new Set([...keys.flatMap(({ columns }) => columns), ...include]);
  return (
    predicate !== undefined ||
    starts.some(({ sql }) => sql === first?.sql) ||
    [...roles.reads].every((name) => held.has(name))
  );
}

function mostSelective(table: AdviceTable, keys: readonly KeyPart[]): readonly KeyPart[] {
  const distinct = ({ columns }: KeyPart): number => columnOf(table, columns[0])?.distinct ?? 0;
  return keys.toSorted((a, b) => distinct(b) - distinct(a) || (a.sql < b.sql ? -1 : 1));
}

function distinctKeys(keys: readonly KeyPart[], table: AdviceTable): readonly KeyPart[] {
  return unique(keys).filter((key) => isOrdered(table, key));
}

/** The first of each column: a second time it orders nothing. */
function unique(keys: readonly KeyPart[]): readonly KeyPart[] {
  return keys.filter((key, place) => keys.findIndex(({ sql }) => sql === key.sql) === place);
}

function keyOf(table: AdviceTable, name: string): readonly KeyPart[] {
  const column = columnOf(table, name);
  return column?.ordered === true ? [{ sql: column.sql, columns: [name] }] : [];
}

function isOrdered(table: AdviceTable, key: KeyPart): boolean {
  const column = columnOf(table, key.columns[0]);
  return column === undefined || column.sql !== key.sql || column.ordered || keySql(key) !== key.sql;
}

function isColumn(table: AdviceTable, name: string, sql: string): boolean {
  return columnOf(table, name)?.sql === sql;
}

function columnOf(table: AdviceTable, name: string | undefined): AdviceColumn | undefined {
  return table.columns.find((column) => column.name === name);
}
