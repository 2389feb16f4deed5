import type { ClientBase } from 'pg';
import { beginGuarded, endGuarded } from '../session/guarded-transaction.ts';
import { createOwnQuery, type OwnQuery } from '../session/own-query.ts';
import { missingGrants, type RoleGap } from './missing-grants.ts';
import { readerRoleSql } from './reader-role-sql.ts';
import type { RoleFacts, RolePower } from './role-facts.ts';

export interface RoleReport {
  readonly role: string;
  /** What makes the role able to do more than read, and over which memberships it has it. */
  readonly powers: readonly RolePower[];
  /** Superuser, or able to run programs or touch files of the server. */
  readonly powerful: boolean;
  /** Tables of this database that the role owns, itself or as a member: an owner may do anything with them. */
  readonly ownedTables: number;
  /** Whether transactions are read-only unless said otherwise. */
  readonly readOnlyDefault: boolean;
  readonly missing: readonly RoleGap[];
  /** Statements that create the role which the manual asks for, for a superuser to run; the password is set afterwards. */
  readonly readerRole: readonly string[];
}

const ROLE_QUERY = `
WITH RECURSIVE reached(oid, name, path) AS (
  SELECT r.oid, r.rolname::text, ARRAY[r.rolname::text] FROM pg_roles r WHERE r.rolname = session_user
  UNION ALL SELECT g.oid, g.rolname::text, m.path || g.rolname::text FROM reached m
    JOIN pg_auth_members a ON a.member = m.oid JOIN pg_roles g ON g.oid = a.roleid WHERE NOT g.rolname = ANY (m.path)
), attributes(power, path) AS (
  SELECT v.power, m.path FROM reached m JOIN pg_roles r ON r.oid = m.oid,
    LATERAL (VALUES ('superuser', r.rolsuper), ('createrole', r.rolcreaterole), ('replication', r.rolreplication),
      ('bypassrls', r.rolbypassrls)) v(power, held) WHERE v.held
  UNION ALL SELECT m.name, m.path FROM reached m
    WHERE m.name IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_write_all_data')
)
SELECT session_user::text AS role,
  current_setting('server_version_num') AS version,
  current_setting('default_transaction_read_only') AS readonly,
  (SELECT json_agg(json_build_object('power', d.power, 'through', d.path)) FROM (
    SELECT DISTINCT ON (a.power) a.power, a.path FROM attributes a ORDER BY a.power, cardinality(a.path)) d) AS powers,
  (SELECT json_agg(DISTINCT m.name) FROM reached m) AS memberships,
  (SELECT count(*) FROM pg_class c WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.oid >= 16384
    AND c.relowner IN (SELECT m.oid FROM reached m)) AS owned,
  (SELECT json_agg(u.nspname ORDER BY u.nspname) FROM (
    SELECT n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (NOT has_schema_privilege(n.oid, 'USAGE') OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid
        AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege(c.oid, 'SELECT')))) u) AS unreadable`;

/**
 * What the role of a connection may do beyond reading, what it lacks for the tools, and the SQL that makes a fitting role.
 * Memberships are followed to their end: a role that may become another has its powers.
 */
export async function roleReport(client: ClientBase): Promise<RoleReport> {
  const query = createOwnQuery(client, false);
  await beginGuarded(query, { statementMs: 15_000, lockMs: 2_000 });
  try {
    return reportOf(await readFacts(query));
  } finally {
    await endGuarded(client);
  }
}

function reportOf(facts: RoleFacts): RoleReport {
  const powerful = facts.powers.some(({ power }) => {
    return power === 'superuser' || (power.startsWith('pg_') && power.includes('_server_'));
  });
  return {
    role: facts.role,
    powers: facts.powers,
    powerful,
    ownedTables: facts.ownedTables,
    readOnlyDefault: facts.readOnlyDefault,
    missing: missingGrants(facts),
    readerRole: readerRoleSql('cinecom_reader', facts.major, facts.unreadableSchemas),
  };
}

async function readFacts(query: OwnQuery): Promise<RoleFacts> {
  const [row = {}] = await query(ROLE_QUERY);
  const list = (column: string): unknown => JSON.parse(row[column] ?? '[]') as unknown;
  return {
    role: row['role'] ?? '',
    major: Math.floor(Number(row['version']) / 10_000),
    readOnlyDefault: row['readonly'] === 'on',
    powers: list('powers') as readonly RolePower[],
    memberships: list('memberships') as readonly string[],
    ownedTables: Number(row['owned']),
    unreadableSchemas: list('unreadable') as readonly string[],
  };
}
