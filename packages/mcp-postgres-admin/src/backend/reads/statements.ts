import type { StatementCounters, StatementMoment, StatementPicture } from '../../model/statement.ts';
import { quoteIdentifier } from '@cinecom/pg-guard';
import { hasColumn } from '../probe.ts';
import type { Reader } from '../reader.ts';

/** Statements read at most: more than any server keeps by default. */
const longestList = 10_000;

/** Schema-qualified name of the view or function of pg_stat_statements; undefined when it is not installed here. */
function inExtension(reader: Reader, name: string): string | undefined {
  const extension = reader.facts.extensions['pg_stat_statements'];
  return extension && `${quoteIdentifier(extension.schema)}.${name}`;
}

/**
 * Counters of all statements, most time first, without their texts: the server keeps those in a file that is read whole.
 *
 * @returns undefined without pg_stat_statements
 */
export async function readStatements(reader: Reader, limit = longestList): Promise<StatementPicture | undefined> {
  const view = inExtension(reader, 'pg_stat_statements');
  if (view === undefined) return undefined;
  const { facts } = reader;
  const has = (column: string) => hasColumn(facts, 'pg_stat_statements', column);
  const ioMs = has('shared_blk_read_time')
    ? 'shared_blk_read_time + shared_blk_write_time'
    : 'blk_read_time + blk_write_time';
  const statements = await reader.rows<StatementCounters>(
    `SELECT userid::text AS "userId", dbid::text AS "databaseId", queryid::text AS "queryId",
       ${has('toplevel') ? 'toplevel' : 'true'} AS "topLevel", calls::float8 AS calls, total_exec_time::float8 AS "totalMs",
       rows::float8 AS rows, shared_blks_hit::float8 AS hit, shared_blks_read::float8 AS read,
       shared_blks_dirtied::float8 AS dirtied, (temp_blks_read + temp_blks_written)::float8 AS "tempBlocks",
       wal_bytes::float8 AS "walBytes", (${ioMs})::float8 AS "ioMs",
       ${has('stats_since') ? '(extract(epoch FROM stats_since) * 1000)::float8' : 'NULL::float8'} AS since
     FROM ${view}(false) WHERE queryid IS NOT NULL ORDER BY total_exec_time DESC LIMIT $1`,
    [limit],
  );
  const info = inExtension(reader, 'pg_stat_statements_info');
  if (!('pg_stat_statements_info' in facts.columns) || info === undefined) {
    return { statements, evictions: null, resetAt: null };
  }
  const { evictions, resetAt } = await reader.row<{ evictions: number; resetAt: number | null }>(
    `SELECT dealloc::float8 AS evictions, (extract(epoch FROM stats_reset) * 1000)::float8 AS "resetAt" FROM ${info}`,
  );
  return { statements, evictions, resetAt };
}

/** The same with the time of reading, and who is who. */
export async function readStatementsNow(reader: Reader): Promise<StatementMoment | undefined> {
  const picture = await readStatements(reader);
  if (picture === undefined) return undefined;
  const names = await reader.row<Pick<StatementMoment, 'at' | 'users' | 'databases'>>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at,
       (SELECT json_object_agg(oid, rolname) FROM pg_catalog.pg_roles) AS users,
       (SELECT json_object_agg(oid, datname) FROM pg_catalog.pg_database) AS databases`,
  );
  return { ...picture, ...names };
}

/** Texts of a few statements by their ids, constants replaced by `$n`. */
export async function readStatementTexts(
  reader: Reader,
  queryIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const view = inExtension(reader, 'pg_stat_statements');
  if (view === undefined || queryIds.length === 0) return new Map();
  const rows = await reader.rows<{ id: string; query: string }>(
    `SELECT DISTINCT ON (queryid) queryid::text AS id, coalesce(query, '') AS query FROM ${view}
     WHERE queryid = ANY ($1::text[]::bigint[])`,
    [queryIds],
  );
  return new Map(rows.map(({ id, query }) => [id, query]));
}
