import type {
  DefaultGrant,
  DefinerFunction,
  HostRule,
  Membership,
  ObjectGrant,
  PrivilegeAudit,
  PrivilegeReading,
  RoleFacts,
} from '../../model/privileges.ts';
import type { Reader } from '../reader.ts';
import { shownIdentifier } from '../../model/shown-identifier.ts';
import { grantsText } from './grants.ts';
import { readRelationGrants, readRoleStates } from './snapshot.ts';

const limit = 20_000;

const rolesText = `
SELECT r.rolname::text AS name, r.rolcanlogin AS login, r.rolsuper AS superuser, r.rolinherit AS inherit,
  r.rolcreaterole AS "createRole", r.rolcreatedb AS "createDb", r.rolreplication AS replication,
  r.rolbypassrls AS "bypassRls", r.rolconnlimit::int AS "connectionLimit", r.oid = 10 AS bootstrap,
  CASE WHEN isfinite(r.rolvaliduntil) THEN (extract(epoch FROM r.rolvaliduntil) * 1000)::float8 END AS "validUntil",
  (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid)::int AS connections,
  coalesce(o.tables, 0)::int AS "tablesOwned"
FROM pg_catalog.pg_roles r
LEFT JOIN (SELECT relowner, count(*) AS tables FROM pg_catalog.pg_class
  WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') GROUP BY 1) o ON o.relowner = r.oid
ORDER BY 1 LIMIT $1`;

const definersText = (atomic: string): string => `
SELECT p.oid::regprocedure::text AS name, r.rolname::text AS owner, r.rolsuper AS "ownerSuperuser",
  (SELECT substr(c, 13) FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%') AS "searchPath", ${atomic} AS atomic
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_roles r ON r.oid = p.proowner
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT $1`;

/** Rights that PUBLIC will get on objects yet to be made, beyond what PostgreSQL gives by itself. */
const defaultsText = `
SELECT r.rolname::text AS owner, n.nspname::text AS schema,
  CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
    WHEN 'n' THEN 'schemas' ELSE 'large objects' END AS kind,
  array_agg(DISTINCT a.privilege_type) AS privileges
FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_roles r ON r.oid = d.defaclrole
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) a
WHERE a.grantee = 0 AND d.defaclobjtype NOT IN ('f', 'T')
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT $1`;

/** Roles, memberships and what was granted: the same on the connection that reads and on one that tries a change. */
export async function readPrivileges(reader: Reader): Promise<PrivilegeReading> {
  const { facts } = reader;
  const since16 = facts.versionNumber >= 160_000;
  const grants = await reader.rows<ObjectGrant>(grantsText, [limit + 1]);
  const { at } = await reader.row<{ at: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
  );
  return {
    at,
    versionNumber: facts.versionNumber,
    roles: await reader.rows<RoleFacts>(rolesText, [limit]),
    memberships: await reader.rows<Membership>(
      `SELECT u.rolname::text AS member, g.rolname::text AS group, bool_or(m.admin_option) AS admin,
         bool_or(${since16 ? 'm.inherit_option' : 'u.rolinherit'}) AS inherit,
         bool_or(${since16 ? 'm.set_option' : 'true'}) AS set
       FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles u ON u.oid = m.member
       JOIN pg_catalog.pg_roles g ON g.oid = m.roleid GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $1`,
      [limit],
    ),
    grants: grants.slice(0, limit),
    cut: grants.length > limit,
  };
}

/** Everything an audit looks at; password hashes only as far as which kind they are. */
export async function readPrivilegeAudit(reader: Reader): Promise<PrivilegeAudit> {
  const { facts, part } = reader;
  const name = shownIdentifier(facts.role);
  const md5 = await part(async () =>
    (
      await reader.rows<{ name: string }>(
        "SELECT rolname::text AS name FROM pg_catalog.pg_authid WHERE rolpassword LIKE 'md5%' ORDER BY 1 LIMIT $1",
        [limit],
      )
    ).map((row) => row.name),
  );
  const hostRules = await part(() =>
    reader.rows<HostRule>(
      `SELECT line_number::int AS line, type, database AS databases, user_name AS users, address, auth_method AS method
       FROM pg_catalog.pg_hba_file_rules WHERE error IS NULL ORDER BY 1 LIMIT $1`,
      [limit],
    ),
  );
  return {
    ...(await readPrivileges(reader)),
    definers: await reader.rows<DefinerFunction>(
      definersText(facts.versionNumber >= 140_000 ? 'p.prosqlbody IS NOT NULL' : 'false'),
      [limit],
    ),
    defaults: await reader.rows<DefaultGrant>(defaultsText, [limit]),
    md5: 'missing' in md5 ? { missing: 'only superusers may see which kind of hash a password has' } : md5,
    hostRules:
      'missing' in hostRules
        ? {
            missing: `GRANT SELECT ON pg_hba_file_rules TO ${name}; GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO ${name}`,
          }
        : hostRules,
    roleStates: await readRoleStates(reader),
    relationGrants: await readRelationGrants(reader),
  };
}
