import { quote } from '@cinecom/mcp-core';
import { type ChangeState, everybody, type RightsChange } from '../../model/change.ts';
import type { PrivilegeReading } from '../../model/privileges.ts';
import { powersOf } from '../privileges/powers.ts';

export interface Circumstances {
  readonly rights: PrivilegeReading;
  /** Roles that this server itself connects as. */
  readonly ownRoles: readonly string[];
  /** Takes back what was done before, which may be a right of PUBLIC. */
  readonly undoing: boolean;
}

/** Why a change is never made, in words; undefined when it may be. */
export function refusal(change: RightsChange, around: Circumstances): string | undefined {
  const { role } = change;
  if (role.startsWith('pg_')) return `${quote(role)} is a role of the system`;
  if (change.type === 'role') return alteredRole(change, around);
  if (!change.give) return undefined;
  if (change.type === 'member') return powerfulGroup(change.group, around);
  return role === everybody && !around.undoing
    ? 'a right for PUBLIC reaches every role, also those made later: grant it to a role'
    : undefined;
}

/** Why a revoke would take more than can be given back: column rights vanish with those of the table. */
export function lossOfColumnRights(change: RightsChange, { context }: ChangeState): string | undefined {
  if (change.type !== 'right' || change.give) return undefined;
  const lost = change.privileges.filter((one) => context.some((line) => line.replace('*', '') === `column ${one}`));
  return lost.length === 0
    ? undefined
    : `${quote(change.role)} has ${lost.join(', ')} on single columns too, which would be lost with it: revoke by hand`;
}

function powerfulGroup(group: string, { rights }: Circumstances): string | undefined {
  const powers = powersOf(group, rights);
  if (powers.length === 0) return undefined;
  const words = powers.map(({ power, path }) =>
    path.length === 1 ? power : `${power} through ${path.slice(1).map(quote).join(' → ')}`,
  );
  return `${quote(group)} gives ${words.join(', ')}: such memberships are given by hand only`;
}

/** Attributes that this tool takes but never gives. */
const powerful = /^(SUPERUSER|CREATEROLE|REPLICATION|BYPASSRLS)$/;

function alteredRole(
  { role, attributes, until }: RightsChange & { type: 'role' },
  { rights, ownRoles }: Circumstances,
): string | undefined {
  const found = rights.roles.find((one) => one.name === role);
  const given = attributes.find((one) => powerful.test(one));
  if (given !== undefined) return `${given} is given by hand only`;
  if (found?.bootstrap) return `${quote(role)} is the superuser that initdb made`;
  if (ownRoles.includes(role)) return `this server itself connects as ${quote(role)}`;
  if (until !== '' && found?.login === false && !attributes.includes('LOGIN'))
    return `${quote(role)} is not for logging in: an expiry has no effect`;
  return undefined;
}
