import type { PrivilegeReading, RoleFacts } from '../../model/privileges.ts';
import { reachOf } from './reach.ts';

export type PowerName = 'superuser' | 'createrole' | 'bypassrls' | 'replication' | 'server files' | 'server programs';

/** A power that reaches beyond the rights on objects, and how a role comes to it. */
export interface Power {
  readonly power: PowerName;
  /** From the role to who has it, both included. */
  readonly path: readonly string[];
}

const attributes: readonly (readonly [PowerName, (role: RoleFacts) => boolean])[] = [
  ['superuser', (role) => role.superuser],
  ['createrole', (role) => role.createRole],
  ['bypassrls', (role) => role.bypassRls],
  ['replication', (role) => role.replication],
];
const predefined: Readonly<Record<string, PowerName>> = {
  pg_execute_server_program: 'server programs',
  pg_read_server_files: 'server files',
  pg_write_server_files: 'server files',
};

/** Powers of a role, each by its shortest way. Attributes count only where the role can become who has them. */
export function powersOf(role: string, { roles, memberships }: PrivilegeReading): readonly Power[] {
  const facts = new Map(roles.map((one) => [one.name, one]));
  const found = new Map<PowerName, Power>();
  const add = (power: PowerName, path: readonly string[]): void => {
    if (!found.has(power)) found.set(power, { power, path });
  };
  for (const one of reachOf(role, memberships)) {
    const known = facts.get(one.role);
    if (known !== undefined && one.how === 'sets')
      for (const [power, has] of attributes) if (has(known)) add(power, one.path);
    const special = predefined[one.role];
    if (special !== undefined) add(special, one.path);
  }
  const all = [...found.values()];
  // A superuser has all the others; naming them would only hide it.
  return all.filter(({ power }) => power === 'superuser' || !found.has('superuser'));
}
