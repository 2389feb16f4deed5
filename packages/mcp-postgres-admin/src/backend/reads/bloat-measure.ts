import { quoteIdentifier } from '@cinecom/pg-guard';
import type { BloatMeasure, BloatTarget } from '../../model/bloat.ts';
import { isRead } from '../../model/part.ts';
import type { Reader } from '../reader.ts';

/** Left for the rest of the call. */
const patienceMs = 25_000;

/** What pgstattuple reads of one object after the other, as far as the time reaches. */
export async function measureBloat(
  reader: Reader,
  targets: readonly BloatTarget[],
  onStep: (done: number) => void,
): Promise<ReadonlyMap<string, BloatMeasure | string>> {
  const measured = new Map<string, BloatMeasure | string>();
  const home = reader.facts.extensions['pgstattuple']?.schema;
  if (home === undefined) return measured;
  const began = performance.now();
  for (const target of targets) {
    if (performance.now() - began > patienceMs) break;
    const part = await reader.part(() => measure(reader, quoteIdentifier(home), target));
    measured.set(target.oid, isRead(part) ? part.value : part.missing);
    onStep(measured.size);
  }
  return measured;
}

async function measure({ row }: Reader, home: string, { oid, method }: BloatTarget): Promise<BloatMeasure> {
  if (method === 'pgstatindex') {
    return row(
      `SELECT 'index' AS kind, index_size::float8 AS bytes, leaf_pages::float8 AS "leafPages",
         CASE WHEN leaf_pages > 0 THEN avg_leaf_density ELSE 0 END::float8 AS "leafDensity",
         empty_pages::float8 AS "emptyPages", deleted_pages::float8 AS "deletedPages"
       FROM ${home}.pgstatindex($1::oid::regclass)`,
      [oid],
    );
  }
  const approximate = method === 'pgstattuple_approx';
  const prefix = approximate ? 'approx_' : '';
  return row(
    `SELECT 'table' AS kind, table_len::float8 AS bytes, ${prefix}tuple_count::float8 AS tuples,
       ${prefix}tuple_len::float8 AS "tupleBytes", dead_tuple_count::float8 AS "deadTuples",
       dead_tuple_len::float8 AS "deadBytes", ${prefix}free_space::float8 AS "freeBytes"
     FROM ${home}.${method}($1::oid::regclass)`,
    [oid],
  );
}
