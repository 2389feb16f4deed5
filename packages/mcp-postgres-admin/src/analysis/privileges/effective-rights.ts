import type { ObjectGrant, PrivilegeReading } from '../../model/privileges.ts';
import { reachOf, type Reached } from './reach.ts';

/** Rights on one object, and where they come from. */
export interface EffectiveRight {
  readonly object: string;
  readonly kind: string;
  readonly privileges: readonly string[];
  /** `own`, `owner`, `PUBLIC` or the group that has them. */
  readonly via: string;
  /** Only after SET ROLE. */
  readonly afterSetRole: boolean;
}

/** Predefined roles that carry rights on every object. */
const everywhere: Readonly<Record<string, readonly string[]>> = {
  pg_read_all_data: ['SELECT'],
  pg_write_all_data: ['INSERT', 'UPDATE', 'DELETE'],
  pg_maintain: ['MAINTAIN'],
};

/**
 * What a role may do in this database, by recursion over its memberships: rights of its own, of PUBLIC, of groups it
 * inherits from, and of those it can become. A superuser's rights are not listed: it may do everything.
 */
export function effectiveRights(
  role: string,
  { memberships, grants, roles }: PrivilegeReading,
): readonly EffectiveRight[] {
  const reached = new Map<string, Reached>();
  for (const one of reachOf(role, memberships))
    if (one.how === 'holds' || !reached.has(one.role)) reached.set(one.role, one);
  if (roles.find((one) => one.name === role)?.superuser) return [];
  const onAll = [...reached.values()].flatMap((one) => {
    const privileges = everywhere[one.role];
    return privileges === undefined
      ? []
      : [{ object: 'all tables', kind: 'database', privileges, via: one.role, afterSetRole: isLater(one, role) }];
  });
  return [...onAll, ...grants.flatMap((grant) => rightOf(grant, role, reached))];
}

/** One line a right, so that two readings can be compared: `SELECT on table public.movies (via readers)`. */
export function rightLines(rights: readonly EffectiveRight[]): ReadonlySet<string> {
  return new Set(
    rights.flatMap(({ object, kind, privileges, via, afterSetRole }) =>
      privileges.map((one) => `${one} on ${kind} ${object} (${words(via)}${afterSetRole ? ', after SET ROLE' : ''})`),
    ),
  );
}

function rightOf(grant: ObjectGrant, role: string, reached: ReadonlyMap<string, Reached>): readonly EffectiveRight[] {
  const { object, kind, privileges, grantee } = grant;
  if (grantee === null) return [{ object, kind, privileges, via: 'PUBLIC', afterSetRole: false }];
  const holder = reached.get(grantee);
  if (holder === undefined) return [];
  const own = grantee === grant.owner ? 'owner' : 'own';
  return [{ object, kind, privileges, via: grantee === role ? own : grantee, afterSetRole: isLater(holder, role) }];
}

function isLater({ how, role }: Reached, from: string): boolean {
  return how !== 'holds' && role !== from;
}

function words(via: string): string {
  return ['own', 'owner', 'PUBLIC'].includes(via) ? via : `via ${via}`;
}
