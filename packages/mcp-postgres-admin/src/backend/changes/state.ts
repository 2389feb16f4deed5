import { quote, ToolError } from '@cinecom/mcp-core';
import { type ChangeState, everybody, type RightsChange } from '../../model/change.ts';
import type { Reader } from '../reader.ts';
import { findObject } from './find-object.ts';

const roleText = `
SELECT ARRAY[CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
    CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
    'VALID UNTIL ' || coalesce(rolvaliduntil::text, 'infinity')] AS attributes,
  ARRAY(SELECT 'member of ' || g.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
    WHERE m.member = r.oid ORDER BY 1) AS groups
FROM pg_catalog.pg_roles r WHERE rolname = $1`;

/** Reads what one change alters, and the role it concerns. @throws ToolError `backend_not_found` */
export async function readState(reader: Reader, change: RightsChange): Promise<ChangeState> {
  const role = change.role === everybody && change.type === 'right' ? undefined : await readRole(reader, change.role);
  if (change.type === 'role') return { own: role?.attributes ?? [], context: role?.groups ?? [] };
  const context = [...(role?.attributes ?? []), ...(role?.groups ?? [])];
  if (change.type === 'right') {
    const { rights, columnRights, owner } = await findObject(reader, change);
    return { own: rights, context: [...context, `owner ${owner}`, ...columnRights] };
  }
  const group = await readRole(reader, change.group);
  return {
    own: await readMembership(reader, change),
    context: [
      ...context,
      ...group.attributes.map((one) => `group ${one}`),
      ...group.groups.map((one) => `group ${one}`),
    ],
  };
}

async function readRole(reader: Reader, name: string) {
  const [role] = await reader.rows<{ attributes: string[]; groups: string[] }>(roleText, [name]);
  if (role !== undefined) return role;
  throw new ToolError('backend_not_found', `there is no role ${quote(name)}`, {
    hint: 'pg_privileges lists them; names are case-sensitive and written without quotes.',
  });
}

async function readMembership(reader: Reader, { group, role }: RightsChange & { type: 'member' }) {
  const options =
    reader.facts.versionNumber >= 160_000
      ? "format('ADMIN %s, INHERIT %s, SET %s', upper(bool_or(m.admin_option)::text), upper(bool_or(m.inherit_option)::text), upper(bool_or(m.set_option)::text))"
      : "CASE WHEN bool_or(m.admin_option) THEN 'ADMIN OPTION' ELSE 'member' END";
  const rows = await reader.rows<{ options: string }>(
    `SELECT ${options} AS options FROM pg_catalog.pg_auth_members m
     WHERE m.roleid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1)
       AND m.member = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $2) HAVING count(*) > 0`,
    [group, role],
  );
  return rows.map((row) => row.options);
}
