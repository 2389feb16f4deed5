import type { PrivilegeReading, RoleFacts } from '../../model/privileges.ts';
import { powersOf } from './powers.ts';

/** One role as the list shows it. */
export function roleRow(role: RoleFacts, reading: PrivilegeReading) {
  const groups = reading.memberships.filter(({ member }) => member === role.name).map(({ group }) => group);
  return {
    role: role.name,
    login: role.login,
    powers: powersOf(role.name, reading)
      .map(({ power, path }) => (path.length === 1 ? power : `${power} by membership`))
      .join(', '),
    groups: groups.join(', '),
    owns: role.tablesOwned,
    expires: role.validUntil === null ? 'never' : new Date(role.validUntil).toISOString().slice(0, 10),
    sessions: role.connections,
  };
}
