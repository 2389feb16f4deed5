import type { Membership, RoleFacts } from '../../model/privileges.ts';

/** A role that another can act as. `path` leads there, both ends included. */
export interface Reached {
  readonly role: string;
  /**
   * `holds`: its object rights apply at once. `sets`: all it is and has, after SET ROLE or a GRANT to itself. `later`: its
   * object rights, after SET ROLE to another on the path.
   */
  readonly how: 'holds' | 'sets' | 'later';
  readonly path: readonly string[];
}

/**
 * Every role whose rights a role has or can take, itself first.
 *
 * Attributes (SUPERUSER, BYPASSRLS, …) are never inherited, they need SET ROLE; who has ADMIN on a group can grant it to
 * itself. Breadth first, so each path is a shortest one; a role may be reached in more than one way.
 *
 * @see PostgreSQL 16 release notes: inherit and set are options of each membership
 */
export function reachOf(role: string, memberships: readonly Membership[]): readonly Reached[] {
  const byMember = groupByMember(memberships);
  const found: Reached[] = [];
  const seen = new Set<string>();
  let turn: Reached[] = [{ role, how: 'sets', path: [role] }];
  while (turn.length > 0) {
    const next: Reached[] = [];
    for (const one of turn) {
      const key = `${one.how} ${one.role}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(one);
      for (const edge of byMember.get(one.role) ?? []) {
        const path = [...one.path, edge.group];
        if (edge.admin || (edge.set && one.how === 'sets')) next.push({ role: edge.group, how: 'sets', path });
        if (edge.inherit)
          next.push({ role: edge.group, how: one.role === role || one.how === 'holds' ? 'holds' : 'later', path });
      }
    }
    turn = next;
  }
  return found;
}

/** True when somebody can log in as it. */
export function canEnter({ login, superuser, connectionLimit }: RoleFacts): boolean {
  return login && (superuser || connectionLimit !== 0);
}

function groupByMember(memberships: readonly Membership[]): ReadonlyMap<string, readonly Membership[]> {
  const groups = new Map<string, Membership[]>();
  for (const one of memberships) groups.set(one.member, [...(groups.get(one.member) ?? []), one]);
  return groups;
}
