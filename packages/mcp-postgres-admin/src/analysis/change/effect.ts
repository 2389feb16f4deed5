import { everybody, type RightsChange } from '../../model/change.ts';
import type { PrivilegeReading } from '../../model/privileges.ts';
import { effectiveRights, rightLines } from '../privileges/effective-rights.ts';
import { powersOf } from '../privileges/powers.ts';
import { reachOf } from '../privileges/reach.ts';

const mostRoles = 50;

/**
 * What changes for whom: effective rights and powers of the role and of all that have its rights, before and after.
 *
 * @returns lines as `+ app: SELECT on table public.movies (via readers)`
 */
export function effectLines(
  changes: readonly RightsChange[],
  before: PrivilegeReading,
  after: PrivilegeReading,
): readonly string[] {
  const roles = affected(changes, after);
  const lines = roles.slice(0, mostRoles).flatMap((role) => {
    const was = linesOf(role, before);
    const is = linesOf(role, after);
    return [
      ...[...is].filter((line) => !was.has(line)).map((line) => `+ ${role}: ${line}`),
      ...[...was].filter((line) => !is.has(line)).map((line) => `- ${role}: ${line}`),
    ];
  });
  return roles.length > mostRoles ? [...lines, `and for ${roles.length - mostRoles} more roles`] : lines;
}

function affected(changes: readonly RightsChange[], { roles, memberships }: PrivilegeReading): readonly string[] {
  const named = new Set(changes.map(({ role }) => role));
  if (named.has(everybody)) return [everybody];
  const inside = roles.filter(({ name }) => reachOf(name, memberships).some((one) => named.has(one.role)));
  return inside.map(({ name }) => name);
}

function linesOf(role: string, reading: PrivilegeReading): ReadonlySet<string> {
  const powers = powersOf(role, reading).map(
    ({ power, path }) => `${power}${path.length === 1 ? '' : ` via ${path.at(-1)}`}`,
  );
  return new Set([...powers, ...rightLines(effectiveRights(role, reading))]);
}
