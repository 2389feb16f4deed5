import { quoteIdentifier } from './quote-identifier.ts';
import type { RoleFacts } from './role-facts.ts';

export interface RoleGap {
  readonly what: string;
  readonly why: string;
  /** For a superuser to run. */
  readonly sql: string;
}

/** What the role lacks of the role that the manual asks for. A superuser lacks no right. */
export function missingGrants(facts: RoleFacts): readonly RoleGap[] {
  const role = quoteIdentifier(facts.role);
  const superuser = facts.powers.some(({ power }) => power === 'superuser');
  const grant = (group: string, why: string): RoleGap[] =>
    superuser || facts.memberships.includes(group) ? [] : [{ what: group, why, sql: `GRANT ${group} TO ${role};` }];
  return [
    ...grant('pg_monitor', 'activity, statistics and settings of other roles stay hidden'),
    ...(facts.major >= 14 && facts.unreadableSchemas.length > 0
      ? grant('pg_read_all_data', `unreadable schemas: ${facts.unreadableSchemas.join(', ')}`)
      : []),
    ...(facts.major < 14 && !superuser
      ? facts.unreadableSchemas.map((schema) => ({
          what: `SELECT on schema ${schema}`,
          why: 'it holds tables that cannot be read',
          sql: schemaGrants(schema, facts.role).join(' '),
        }))
      : []),
    ...(facts.major >= 16
      ? grant('pg_use_reserved_connections', 'a server without free connections cannot be diagnosed')
      : []),
    ...(facts.readOnlyDefault
      ? []
      : [
          {
            what: 'default_transaction_read_only',
            why: 'transactions of the role are writable unless said otherwise',
            sql: `ALTER ROLE ${role} SET default_transaction_read_only = on;`,
          },
        ]),
  ];
}

/** Rights to read one schema, now and for tables to come; what `pg_read_all_data` gives from 14 on. */
export function schemaGrants(schema: string, role: string): readonly string[] {
  const [quotedSchema, quotedRole] = [quoteIdentifier(schema), quoteIdentifier(role)];
  return [
    `GRANT USAGE ON SCHEMA ${quotedSchema} TO ${quotedRole};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${quotedSchema} TO ${quotedRole};`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${quotedSchema} GRANT SELECT ON TABLES TO ${quotedRole};`,
  ];
}
