import { ToolError } from '@cinecom/mcp-core';
import { everybody, type RightsChange } from '../../model/change.ts';
import type { Reader } from '../reader.ts';
import { findObject } from './find-object.ts';

/** The statement of one change: words of our own, and names that the catalog gave. Call it after `readState`. */
export async function statementOf(reader: Reader, change: RightsChange): Promise<string> {
  const role = change.type === 'right' && change.role === everybody ? everybody : await quotedRole(reader, change.role);
  if (change.type === 'right') return rightStatement(reader, change, role);
  if (change.type === 'member') {
    const group = await quotedRole(reader, change.group);
    if (!change.give) return `REVOKE ${group} FROM ${role}`;
    return `GRANT ${group} TO ${role}${change.options === '' ? '' : ` WITH ${change.options}`}`;
  }
  const until = change.until === '' ? [] : [`VALID UNTIL ${await literalTime(reader, change.until)}`];
  return `ALTER ROLE ${role} ${[...change.attributes, ...until].join(' ')}`;
}

async function rightStatement(reader: Reader, change: RightsChange & { type: 'right' }, role: string): Promise<string> {
  const { name, keyword, system } = await findObject(reader, change);
  if (system && change.give)
    throw new ToolError('invalid_input', `${name} belongs to the system: rights on it are not granted here`, {
      hint: 'Grant a predefined role as pg_monitor or pg_read_all_data instead.',
    });
  const rights = `${change.privileges.join(', ')} ON ${keyword} ${name}`;
  if (!change.give) return `REVOKE ${rights} FROM ${role}`;
  return `GRANT ${rights} TO ${role}${change.grantOption ? ' WITH GRANT OPTION' : ''}`;
}

/** By the server: a role may be named as a keyword, and `current_user` without quotes is another. */
async function quotedRole(reader: Reader, name: string): Promise<string> {
  const { quoted } = await reader.row<{ quoted: string }>(
    'SELECT pg_catalog.quote_ident(rolname) AS quoted FROM pg_catalog.pg_roles WHERE rolname = $1',
    [name],
  );
  return quoted;
}

async function literalTime(reader: Reader, until: string): Promise<string> {
  const { literal } = await reader.row<{ literal: string }>(
    'SELECT pg_catalog.quote_literal(($1::timestamptz)::text) AS literal',
    [until],
  );
  return literal;
}
