import {
  type Handle,
  holdIdleTransaction,
  holdLockChain,
  type PostgresServer,
  runWorkload,
  seedCinema,
  startPostgres,
} from '@cinecom/testbed';
import type { Culprit } from './confirmed-change.ts';
import type { Report } from './report.ts';

const calls = 1500;
const application = 'cinema_app';

/** A running database that had a bad night. */
export interface CinemaDatabase extends AsyncDisposable {
  /** For the server: a reader role, and an admin role for confirmed changes. */
  readonly env: Readonly<Record<string, string>>;
  /** The session at the root of the lock chain. */
  readonly culprit: Culprit;
}

/** Starts an embedded PostgreSQL, fills it with a cinema's data, runs the night's workload, and plants what went wrong. */
export async function openCinema(report: Report, signal: AbortSignal): Promise<CinemaDatabase> {
  report.step('starting an embedded PostgreSQL');
  const server = await startPostgres({ prefer: 'embedded' });
  const held: Handle[] = [];
  const close = async (): Promise<void> => {
    for (const handle of held) await handle.end();
    await server.stop();
  };
  try {
    signal.throwIfAborted();
    report.step(`PostgreSQL ${server.version} runs; seeding a cinema chain with known faults`);
    const database = await server.createDatabase('cinema');
    await seedCinema(server, { database, scale: 0.2 });
    await server.createRole(application);
    await server.query(`GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO ${application}`, [], database);
    await server.query('CREATE EXTENSION pg_stat_statements', [], database);
    report.step(`running the night's workload: ${calls} statements`);
    const workload = await runWorkload(server, { database, calls, role: application });
    held.push(workload);
    await workload.done;
    signal.throwIfAborted();
    report.step('a batch job forgets its transaction; three sessions now wait for each other');
    held.push(await holdIdleTransaction(server, { database, role: application }));
    const chain = await holdLockChain(server, { database, role: application });
    held.push(chain);
    return {
      env: await roles(server, database),
      culprit: await culpritOf(server, chain.root),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Least privilege: the reader cannot write, the admin can only signal sessions. */
async function roles(server: PostgresServer, database: string): Promise<Readonly<Record<string, string>>> {
  await server.createRole('mcp_reader', {
    grants: ['pg_monitor', 'pg_read_all_data'],
    settings: { default_transaction_read_only: 'on' },
  });
  await server.createRole('mcp_admin', { grants: ['pg_monitor', 'pg_signal_backend'] });
  return { DATABASE_URL: server.url('mcp_reader', database), DATABASE_ADMIN_URL: server.url('mcp_admin', database) };
}

async function culpritOf(server: PostgresServer, pid: number): Promise<Culprit> {
  const [session] = await server.query<{ query: string }>('SELECT query FROM pg_stat_activity WHERE pid = $1', [pid]);
  if (session === undefined) throw new Error('the session that was to be ended is gone');
  return { pid, query: session.query };
}
