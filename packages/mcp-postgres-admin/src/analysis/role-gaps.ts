import type { ServerFacts } from '../model/server-facts.ts';

export interface RoleGap {
  readonly right: string;
  /** What cannot be seen without it. */
  readonly hides: string;
  /** The statement that closes it. */
  readonly fix: string;
}

/** Rights the reader lacks on this version. */
export function roleGaps(facts: ServerFacts): readonly RoleGap[] {
  if (facts.superuser) return [];
  const name = identifier(facts.role);
  const lacks = (right: string) => facts.predefinedRoles.includes(right) && !facts.memberOf.includes(right);
  return [
    {
      right: 'pg_monitor',
      hides: 'statements and waits of other roles, WAL and replication detail',
      fix: `GRANT pg_monitor TO ${name}`,
    },
    {
      right: 'pg_read_all_data',
      hides: 'column statistics and data of other roles',
      fix: `GRANT pg_read_all_data TO ${name}`,
    },
    {
      right: 'pg_use_reserved_connections',
      hides: 'this server while all connections are taken',
      fix: `GRANT pg_use_reserved_connections TO ${name}`,
    },
  ].filter(({ right }) => lacks(right));
}

/** The reader role with exactly the rights that this version knows, as one script. */
export function readerRoleSql(facts: Pick<ServerFacts, 'predefinedRoles'>): readonly string[] {
  const rights = ['pg_monitor', 'pg_read_all_data', 'pg_use_reserved_connections'].filter((right) =>
    facts.predefinedRoles.includes(right),
  );
  return [
    'CREATE ROLE mcp_reader LOGIN CONNECTION LIMIT 5; -- then in psql: \\password mcp_reader',
    `GRANT ${rights.join(', ')} TO mcp_reader;`,
    'ALTER ROLE mcp_reader SET default_transaction_read_only = on;',
    ...(rights.includes('pg_read_all_data') ? [] : ['GRANT SELECT ON ALL TABLES IN SCHEMA public TO mcp_reader;']),
  ];
}

function identifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
