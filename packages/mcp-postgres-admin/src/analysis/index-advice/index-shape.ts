import type { AdviceTable, ExistingIndex } from '../../model/index-advice.ts';
import { shownIdentifier } from '../../model/shown-identifier.ts';

/** A column or an expression that an index can be ordered by. */
export interface KeyPart {
  /** As CREATE INDEX writes it: `screening_id`, `lower(email)`, `(price * 2)`. */
  readonly sql: string;
  /** Names of the columns that it reads. */
  readonly columns: readonly string[];
  readonly operatorClass?: string;
  /** What differs from ascending order, as ` DESC NULLS LAST`. */
  readonly order?: string;
}

/** What rows of a partial index have in common. */
export interface Predicate {
  readonly sql: string;
  readonly columns: readonly string[];
  /** Share of the table's rows, 0–1. */
  readonly share: number;
}

export interface IndexShape {
  readonly table: AdviceTable;
  readonly keys: readonly KeyPart[];
  /** Names of columns that are only carried. */
  readonly include: readonly string[];
  readonly predicate: Predicate | undefined;
}

/** A key with all that decides how it is ordered. */
export function keySql({ sql, operatorClass, order }: KeyPart): string {
  return `${sql}${operatorClass === undefined ? '' : ` ${operatorClass}`}${order ?? ''}`;
}

/** What follows CREATE INDEX and the name; the same shape always has the same text. */
export function shapeSql({ table, keys, include, predicate }: IndexShape): string {
  const carried = include.map((name) => columnSql(table, name)).join(', ');
  return [
    `ON ${table.sql} (${keys.map(keySql).join(', ')})`,
    ...(carried === '' ? [] : [`INCLUDE (${carried})`]),
    ...(predicate === undefined ? [] : [`WHERE ${predicate.sql}`]),
  ].join(' ');
}

export function columnSql(table: AdviceTable, name: string): string {
  return table.columns.find((column) => column.name === name)?.sql ?? shownIdentifier(name);
}

/** True when every look-up by `first` can be done by `second` as well, whatever it carries. */
export function isPrefix(first: IndexShape, second: IndexShape): boolean {
  return (
    first.table.oid === second.table.oid &&
    first.predicate?.sql === second.predicate?.sql &&
    first.keys.length <= second.keys.length &&
    first.keys.every((key, place) => keySql(key) === keySql(second.keys[place] ?? key))
  );
}

/** The existing index whose first keys are those of the shape, and which holds all rows and carries all columns. */
export function coveredBy(shape: IndexShape): ExistingIndex | undefined {
  return shape.table.indexes.find(
    ({ method, valid, predicate, keys, include }) =>
      method === 'btree' &&
      valid &&
      (predicate === null || sameText(predicate, shape.predicate?.sql)) &&
      shape.keys.every((key, place) => sameText(keys[place], keySql(key))) &&
      shape.include.every((name) => [...keys, ...include].includes(columnSql(shape.table, name))),
  );
}

/** The server shows expressions with brackets and casts of its own. */
function sameText(shown: string | undefined, own: string | undefined): boolean {
  const plain = (text: string): string => text.replaceAll(/::[a-z ]+|[()\s]/g, '');
  return shown !== undefined && own !== undefined && plain(shown) === plain(own);
}

const nameBytes = 63;

/** A name for the index that no index of the table has: table, keys, `idx`; cut to what PostgreSQL keeps of a name. */
export function indexName(shape: IndexShape, taken: ReadonlySet<string>): string {
  const keys = shape.keys.flatMap(({ columns, sql }) => (columns.length > 0 ? columns : [sql.replaceAll(/\W+/g, '_')]));
  const base = [shape.table.name, ...keys].join('_');
  for (let number = 1; ; number += 1) {
    const end = `${shape.predicate === undefined ? '' : '_part'}_idx${number === 1 ? '' : number}`;
    const name = `${cut(base, nameBytes - end.length)}${end}`;
    if (!taken.has(name) && shape.table.indexes.every((index) => index.name !== name)) return name;
  }
}

function cut(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  let kept = text;
  while (encoder.encode(kept).length > bytes) kept = kept.slice(0, -1).replace(/[\uD800-\uDBFF]$/, '');
  return kept;
}
