import { isRead, type Part } from '../../model/part.ts';
import type { IndexCounters, RoleState, Snapshot, TableCounters } from '../../model/snapshot.ts';
import type { Reader } from '../reader.ts';
import { readDatabases } from './databases.ts';
import { readMoment } from './moment.ts';
import { readReplication } from './replication.ts';
import { readSequences } from './sequences.ts';
import { readArchiver, readCheckpoints } from './server.ts';
import { readStatements } from './statements.ts';

const keptStatements = 500;
const keptRelations = 1000;

const tablesText = `
SELECT format('%I.%I', s.schemaname, s.relname) AS table, pg_catalog.pg_table_size(s.relid)::float8 AS "sizeBytes",
  s.n_live_tup::float8 AS live, s.n_dead_tup::float8 AS dead, coalesce(s.seq_scan, 0)::float8 AS "sequentialScans",
  coalesce(s.idx_scan, 0)::float8 AS "indexScans", s.n_tup_ins::float8 AS inserts, s.n_tup_upd::float8 AS updates,
  s.n_tup_del::float8 AS deletes
FROM (SELECT oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'm') AND relpersistence <> 't'
      ORDER BY relpages DESC LIMIT $1) c JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid`;

const indexesText = `
SELECT format('%I.%I', s.schemaname, s.indexrelname) AS index, format('%I.%I', s.schemaname, s.relname) AS table,
  s.idx_scan::float8 AS scans, pg_catalog.pg_relation_size(s.indexrelid)::float8 AS "sizeBytes"
FROM (SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'i' AND relpersistence <> 't' ORDER BY relpages DESC LIMIT $1) c
JOIN pg_catalog.pg_stat_user_indexes s ON s.indexrelid = c.oid`;

const rolesText = `
SELECT r.rolname::text AS role, r.rolsuper AS superuser, r.rolcanlogin AS login, r.rolbypassrls AS "bypassRls",
  r.rolcreaterole AS "createRole", r.rolreplication AS replication,
  coalesce((SELECT string_agg(g.rolname::text, ', ' ORDER BY g.rolname) FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), '') AS "memberOf",
  (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid)::int AS connections
FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1 LIMIT $1`;

const grantsText = `
SELECT format('%I.%I', n.nspname, c.relname) AS object, c.relacl::text AS rights
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relacl IS NOT NULL AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT $1`;

/** Roles of the cluster but the predefined ones. */
export async function readRoleStates(reader: Reader): Promise<readonly RoleState[]> {
  return reader.rows<RoleState>(rolesText, [keptRelations]);
}

/** Access lists of relations, as text of the server. */
export async function readRelationGrants(reader: Reader): Promise<Snapshot['grants']> {
  return reader.rows<{ object: string; rights: string }>(grantsText, [keptRelations]);
}

/** Reads one moment. What the role may not see is left empty. */
export async function readSnapshot(reader: Reader): Promise<Snapshot> {
  const { facts } = reader;
  const list = async <Row>(text: string): Promise<readonly Row[]> =>
    valueOf(await reader.part(() => reader.rows<Row>(text, [keptRelations]))) ?? [];
  const { at, nextXid } = await readMoment(reader);
  const { walBytes } = await reader.row<{ walBytes: number | null }>(
    `SELECT
       ${facts.inRecovery ? 'NULL' : "(pg_catalog.pg_current_wal_lsn() - '0/0')"}::float8 AS "walBytes"`,
  );
  const replication = valueOf(await reader.part(() => readReplication(reader)));
  return {
    at,
    nextXid,
    systemId: facts.systemId,
    startedAt: facts.startedAt,
    databases: await readDatabases(reader, true),
    statements: valueOf(await reader.part(() => readStatements(reader, keptStatements))),
    tables: await list<TableCounters>(tablesText),
    indexes: await list<IndexCounters>(indexesText),
    sequences: (valueOf(await reader.part(() => readSequences(reader))) ?? []).map(({ sequence, last }) => ({
      sequence,
      last,
    })),
    checkpoints: valueOf(await reader.part(() => readCheckpoints(reader))),
    archiver: valueOf(await reader.part(() => readArchiver(reader))),
    slots: replication?.slots ?? [],
    walBytes,
    activity: await reader.rows(
      `SELECT coalesce(state, 'background') AS state, count(*)::int AS sessions
       FROM pg_catalog.pg_stat_activity GROUP BY 1 ORDER BY 1`,
    ),
    roles: valueOf(await reader.part(() => readRoleStates(reader))) ?? [],
    grants: valueOf(await reader.part(() => readRelationGrants(reader))) ?? [],
  };
}

function valueOf<Value>(part: Part<Value>): Value | undefined {
  return isRead(part) ? part.value : undefined;
}
