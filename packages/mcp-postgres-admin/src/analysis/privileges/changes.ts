import type { RoleState, Snapshot } from '../../model/snapshot.ts';
import { rightsByGrantee } from './access-list.ts';

type Picture = Pick<Snapshot, 'roles' | 'grants'>;

/** What was given and taken between two pictures, one line each: roles, attributes, memberships, rights on relations. */
export function privilegeChanges(before: Picture, after: Picture): readonly string[] {
  return [...roleChanges(before.roles, after.roles), ...grantChanges(before.grants, after.grants)];
}

const attributes = ['superuser', 'login', 'bypassRls', 'createRole', 'replication'] as const;

function roleChanges(before: readonly RoleState[], after: readonly RoleState[]): readonly string[] {
  const old = new Map(before.map((role) => [role.role, role]));
  const now = new Set(after.map(({ role }) => role));
  return [
    ...after.flatMap((role) => {
      const was = old.get(role.role);
      if (was === undefined) return [`+ role ${role.role}${describe(role)}`];
      return [
        ...attributes
          .filter((name) => was[name] !== role[name])
          .map((name) => `${role[name] ? '+' : '-'} role ${role.role}: ${name}`),
        ...(was.memberOf === role.memberOf
          ? []
          : [`~ role ${role.role}: member of ${role.memberOf || 'nothing'}, was ${was.memberOf || 'nothing'}`]),
      ];
    }),
    ...before.filter(({ role }) => !now.has(role)).map(({ role }) => `- role ${role}`),
  ];
}

function describe(role: RoleState): string {
  const has = attributes.filter((name) => role[name]);
  return has.length === 0 ? '' : ` (${has.join(', ')})`;
}

function grantChanges(before: Picture['grants'], after: Picture['grants']): readonly string[] {
  const old = new Map(before.map(({ object, rights }) => [object, rights]));
  const now = new Map(after.map(({ object, rights }) => [object, rights]));
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((object) => {
    const was = rightsByGrantee(old.get(object) ?? '{}');
    const is = rightsByGrantee(now.get(object) ?? '{}');
    const grantees = [...new Set([...was.keys(), ...is.keys()])];
    return grantees.flatMap((grantee) => {
      const gained = [...(is.get(grantee) ?? [])].filter((one) => !was.get(grantee)?.has(one));
      const lost = [...(was.get(grantee) ?? [])].filter((one) => !is.get(grantee)?.has(one));
      return [
        ...(gained.length > 0 ? [`+ ${grantee}: ${gained.join(', ')} on ${object}`] : []),
        ...(lost.length > 0 ? [`- ${grantee}: ${lost.join(', ')} on ${object}`] : []),
      ];
    });
  });
}
