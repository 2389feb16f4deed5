import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { PostgresServer, RoleOptions } from './types.ts';

export type Administration = Pick<
  PostgresServer,
  'superuserUrl' | 'url' | 'query' | 'createDatabase' | 'dropDatabase' | 'createRole' | 'dropRole'
>;

function identifier(name: string): string {
  return escapeIdentifier(name);
}

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(5).toString('hex')}`;
}

/** Superuser's work over the address `superuser`; each piece uses a connection of its own, so nothing stays open. */
export function administer(superuser: string): Administration {
  const passwords = new Map<string, string>();

  function address(database: string, role?: string): string {
    const url = new URL(superuser);
    url.pathname = `/${encodeURIComponent(database)}`;
    if (role !== undefined) {
      url.username = encodeURIComponent(role);
      url.password = encodeURIComponent(passwords.get(role) ?? '');
    }
    return url.href;
  }
  const superuserUrl = (database = 'postgres'): string => address(database);
  const url = (role: string, database = 'postgres'): string => address(database, role);

  async function query<Row extends object>(sql: string, values: readonly unknown[] = [], database = 'postgres') {
    const client = new Client({ connectionString: superuserUrl(database), application_name: 'testbed' });
    client.on('error', () => undefined); // a server that goes down also fails the query, which reports it
    await client.connect();
    try {
      const result = await (values.length > 0 ? client.query<Row>(sql, [...values]) : client.query<Row>(sql));
      return result.rows;
    } finally {
      await client.end();
    }
  }

  async function createDatabase(name = uniqueName('db'), { template }: { template?: string } = {}): Promise<string> {
    await query(
      `CREATE DATABASE ${identifier(name)}${template === undefined ? '' : ` TEMPLATE ${identifier(template)}`}`,
    );
    return name;
  }

  async function createRole(name: string, options: RoleOptions = {}): Promise<string> {
    const { password, attributes = ['LOGIN'], grants = [], settings = {} } = options;
    const role = identifier(name);
    const secret = password === undefined ? '' : ` PASSWORD ${escapeLiteral(password)}`;
    const statements = [
      `CREATE ROLE ${role} ${attributes.join(' ')}${secret}`,
      ...grants.map((granted) => `GRANT ${identifier(granted)} TO ${role}`),
      ...Object.entries(settings).map(([key, value]) => `ALTER ROLE ${role} SET ${key} = ${escapeLiteral(value)}`),
    ];
    await query(statements.join(';\n'));
    if (password !== undefined) passwords.set(name, password);
    return url(name);
  }

  return {
    superuserUrl,
    url,
    query,
    createDatabase,
    createRole,
    async dropDatabase(name) {
      await query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    },
    async dropRole(name) {
      await query(`DROP ROLE IF EXISTS ${identifier(name)}`);
      passwords.delete(name);
    },
  };
}
