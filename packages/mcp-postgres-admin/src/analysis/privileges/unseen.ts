import type { Finding, NotExamined } from '@cinecom/mcp-core';
import type { RoleFacts } from '../../model/privileges.ts';
import type { RoleState } from '../../model/snapshot.ts';
import { shownIdentifier } from '../../model/shown-identifier.ts';
import { canEnter } from './reach.ts';

/** Days without a session after which a login is called unseen. */
export const unseenDays = 90;
const dayMs = 86_400_000;

/** Sessions of roles at one moment of the past. */
export interface Sighting {
  readonly at: number;
  readonly roles: readonly RoleState[];
}

/** Logins that no picture of the last 90 days shows connected, where pictures reach back so far. */
export function unseenLogins(
  roles: readonly RoleFacts[],
  sightings: readonly Sighting[],
  now: number,
): { readonly findings: readonly Finding[]; readonly notExamined: readonly NotExamined[] } {
  const first = sightings.find(({ at }) => now - at >= unseenDays * dayMs);
  if (first === undefined) {
    const days = Math.floor((now - Math.min(now, ...sightings.map(({ at }) => at))) / dayMs);
    const why = `snapshots reach back ${days} of ${unseenDays} days`;
    return { findings: [], notExamined: [{ what: `logins unseen for ${unseenDays} days`, why }] };
  }
  const known = new Set(first.roles.map(({ role }) => role));
  const seen = new Set(
    sightings.flatMap((one) => one.roles.filter((role) => role.connections > 0)).map(({ role }) => role),
  );
  const findings = roles
    .filter((role) => canEnter(role) && role.connections === 0 && known.has(role.name) && !seen.has(role.name))
    .map(({ name }): Finding => ({
      id: 'login_unseen',
      severity: 'info',
      object: `role ${name}`,
      evidence: `in none of ${sightings.length} snapshots of ${unseenDays} days`,
      threshold: `a session within ${unseenDays} days`,
      fix: `pg_change alter_role NOLOGIN for ${shownIdentifier(name)}, if nobody knows it`,
    }));
  return { findings, notExamined: [] };
}
