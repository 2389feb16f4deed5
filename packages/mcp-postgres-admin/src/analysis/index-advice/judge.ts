import { percent } from '@cinecom/mcp-core';
import type { ExistingIndex } from '../../model/index-advice.ts';
import { columnSql, type IndexShape, keySql } from './index-shape.ts';
import type { PreparedWorkload } from './read-workload.ts';

export interface Judged {
  readonly confidence: 'high' | 'medium' | 'low';
  readonly why: string;
  readonly warnings: readonly string[];
}

interface Around {
  readonly workload: PreparedWorkload;
  readonly mode: 'planned' | 'structural';
  /** Indexes advised on the same table, this one included. */
  readonly beside: number;
  /** Ids of the statements that it serves. */
  readonly statements: readonly string[];
}

const staleShare = 0.2;
const writeRatio = 10;
const fewestCalls = 1000;
const mostIndexes = 10;

/** How far to trust an advised index, and what speaks against it. */
export function judge(shape: IndexShape, around: Around): Judged {
  return { ...confidence(shape, around), warnings: warnings(shape, around) };
}

function confidence({ table, keys }: IndexShape, { workload, mode, statements }: Around): Omit<Judged, 'warnings'> {
  if (mode === 'structural')
    return { confidence: 'low', why: 'from the texts and statistics alone, nothing was planned' };
  const known = (name: string): boolean =>
    table.columns.some((column) => column.name === name && column.averageWidth !== null);
  if (!keys.flatMap(({ columns }) => columns).every(known)) {
    return { confidence: 'low', why: 'statistics of its columns are missing, or the role may not read them' };
  }
  if (table.changedShare > staleShare) {
    return { confidence: 'low', why: `${percent(table.changedShare)} of the rows changed since the last ANALYZE` };
  }
  if (
    keys.some(({ columns, sql }) =>
      table.columns.every((column) => !columns.includes(column.name) || column.sql !== sql),
    )
  ) {
    return {
      confidence: 'medium',
      why: 'there are no statistics of the expression before the index is there; ANALYZE afterwards',
    };
  }
  const served = workload.prepared.filter(({ statement }) => statements.includes(statement.id));
  if (served.some(({ parameters }) => parameters > 0)) {
    return { confidence: 'medium', why: 'planned for any values: the statistics keep none' };
  }
  return { confidence: 'high', why: 'planned with the values given, on fresh statistics' };
}

function warnings({ table, keys, include, predicate }: IndexShape, { workload, beside }: Around): readonly string[] {
  const traffic = workload.traffic.get(table.oid);
  const { inserted, updated, deleted } = table.writes;
  const timed = workload.prepared.some(({ statement }) => statement.totalMs !== undefined);
  // Rows a scan, since counting began, where only texts are known; rows that are there once may be a first load.
  const counted = updated + deleted + Math.max(0, inserted - table.rows);
  const writes = timed ? (traffic?.writeCalls ?? 0) : counted;
  const reads = timed ? (traffic?.readCalls ?? 0) : table.scans;
  const all = table.indexes.length + beside;
  const names = new Set([...keys.flatMap(({ columns }) => columns), ...include, ...(predicate?.columns ?? [])]);
  const indexed = new Set(table.indexes.flatMap((index) => [...index.keys, ...index.include]));
  const set = [...names].filter((name) => traffic?.sets.has(name) && !indexed.has(columnSql(table, name)));
  const prefix =
    predicate === undefined ? table.indexes.filter((index) => isShorter(index, keys.map(keySql), include.length)) : [];
  return [
    ...(writes >= writeRatio * reads && writes + reads >= fewestCalls
      ? [
          `written ${Math.round(writes / Math.max(1, reads))} times as often as read: each write keeps the index up to date`,
        ]
      : []),
    ...(all > mostIndexes ? [`the table will have ${all} indexes, over ${mostIndexes}`] : []),
    ...(set.length > 0
      ? [`UPDATEs of ${set.join(', ')} have to write it too, where they could leave indexes alone before (HOT)`]
      : []),
    ...(predicate === undefined ? [] : [`holds only rows with ${predicate.sql}: statements have to ask for just that`]),
    ...prefix.map(({ name }) => `${name} is a prefix of it and can go if nothing else needs it`),
  ];
}

function isShorter(
  { method, unique, predicate, keys, include }: ExistingIndex,
  own: readonly string[],
  carried: number,
): boolean {
  const fits = method === 'btree' && !unique && predicate === null && include.length <= carried;
  return fits && keys.length <= own.length && keys.every((key, place) => key === own[place]);
}
