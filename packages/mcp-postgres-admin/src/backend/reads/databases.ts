import type { DatabaseCounters } from '../../model/health.ts';
import type { Reader } from '../reader.ts';

/** Counters of every database that takes connections; sizes only where the role may connect. */
export async function readDatabases(reader: Reader, sizes: boolean): Promise<readonly DatabaseCounters[]> {
  return reader.rows<DatabaseCounters>(
    `SELECT d.datname::text AS name, s.blks_hit::float8 AS "blocksHit", s.blks_read::float8 AS "blocksRead",
       s.xact_commit::float8 AS commits, s.xact_rollback::float8 AS rollbacks, s.deadlocks::float8 AS deadlocks,
       s.temp_bytes::float8 AS "tempBytes", s.checksum_failures::float8 AS "checksumFailures",
       (extract(epoch FROM s.stats_reset) * 1000)::float8 AS "resetAt",
       CASE WHEN $1::bool AND (pg_catalog.has_database_privilege(d.oid, 'CONNECT') OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'))
         THEN pg_catalog.pg_database_size(d.oid)::float8 END AS "sizeBytes",
       age(d.datfrozenxid)::float8 AS "xidAge", pg_catalog.mxid_age(d.datminmxid)::float8 AS "multixactAge"
     FROM pg_catalog.pg_database d JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid
     WHERE d.datallowconn ORDER BY d.datname`,
    [sizes],
  );
}
