import type { PostgresServer } from '@cinecom/testbed';
import { Pool } from 'pg';
import { leaseFromPool } from '../src/session/lease.ts';
import type { GuardOptions } from '../src/open-guarded.ts';
import { type Guarded, openGuarded } from '../src/open-guarded.ts';

/** A role as the manual asks for: it reads everything and owns nothing. */
export const WEAK_ROLE = 'guard_weak';

export async function createWeakRole(server: PostgresServer): Promise<void> {
  const grants = server.major >= 14 ? ['pg_monitor', 'pg_read_all_data'] : ['pg_monitor'];
  await server.createRole(WEAK_ROLE, { grants });
}

export interface GuardedRole extends Guarded {
  readonly pool: Pool;
}

/** A guard over a pool of one connection, so that what a call leaves behind meets the next. */
export function guardAs(url: string, options: Partial<GuardOptions> = {}): GuardedRole {
  const pool = new Pool({ connectionString: url, max: 1 });
  pool.on('error', () => {});
  return { ...openGuarded(leaseFromPool(pool), { now: () => performance.now(), ...options }), pool };
}

/** Runs a text of many statements, each by itself, since some may not share a transaction. */
export async function runScript(server: PostgresServer, database: string, script: string): Promise<void> {
  const statements = script.split(/;\n/).map((text) => text.trim());
  for (const statement of statements) if (statement !== '') await server.query(statement, [], database);
}
