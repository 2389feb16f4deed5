import { systemClock } from '@cinecom/mcp-core';
import { contract } from '@cinecom/mcp-core/testing';
import { seedCinema } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, it } from 'vitest';
import { connect } from '../src/backend/connect.ts';
import type { PostgresBackend } from '../src/backend/port.ts';
import type { Session } from '../src/model/session.ts';
import { server } from '../src/server.ts';
import { backups } from './support/backup-doubles.ts';
import { type PostgresSettings, postgresSettings } from '../src/settings.ts';

const target = {
  pid: 4711,
  kind: 'client backend',
  state: 'active',
  backendStart: '2026-11-01 00:00:00+00',
  query: 'SELECT slowly',
  queryDigest: 'c0ffee',
  user: 'app',
  application: 'web',
  database: null,
  address: null,
  transactionMs: 1000,
  own: false,
} as Session;

const inputs = {
  pg_overview: {},
  pg_activity: {},
  pg_locks: {},
  pg_top_queries: {},
  pg_explain: { sql: 'SELECT * FROM bookings WHERE screening_id = 1' },
  pg_query: { sql: 'SELECT id, title FROM movies ORDER BY id LIMIT 5' },
  pg_index_advice: { source: 'queries', queries: ['SELECT * FROM bookings WHERE screening_id = 1'] },
  pg_index_audit: {},
  pg_bloat: {},
  pg_vacuum: {},
  pg_storage: {},
  pg_replication: {},
  pg_schema: {},
  pg_schema_lint: { sql: 'CREATE INDEX ON bookings (status)' },
  pg_privileges: {},
  pg_backup_status: {},
  pg_backup_run: { label: 'before the release' },
  pg_restore_test: {},
  pg_maintain: { op: 'analyze', object: 'bookings' },
  pg_cancel: { pid: target.pid, expectQuery: 'SELECT slowly' },
  pg_terminate: { pid: target.pid, expectQuery: 'SELECT slowly' },
  pg_change: { action: 'grant', object: 'public.movies', role: 'contract_reader', privileges: ['SELECT'] },
};

/** Written by PostgreSQL or by our own adapter, never by an outsider; much of it decides what a tool does. */
const notOutside = new Set([
  'backendStart',
  'category',
  'digest',
  'id',
  'kind',
  'queryDigest',
  'queryId',
  'result',
  'state',
  'step',
  'systemId',
  'type',
  'verdict',
  'version',
  'warnings',
]);

let url = '';

/** The real database, but for what is changed: it must be there to be changed in each case. */
async function backend(): Promise<PostgresBackend> {
  const defaults = Object.entries(postgresSettings).map(([name, { schema }]) => [
    name,
    schema.safeParse(undefined).data,
  ]);
  const settings = { ...Object.fromEntries(defaults), connection: url } as PostgresSettings;
  const signal = AbortSignal.timeout(10_000);
  const real = await connect({ settings, signal, clock: systemClock, log: () => undefined });
  return {
    ...real,
    session: async () => target,
    signalSession: async () => ({ sent: true, ended: true }),
    ...backups,
    // Applied for good, there would be nothing left to do for the next case.
    perform: async (changes, _expected, database, under) =>
      (await real.rehearse(changes, () => undefined, database, under)).after,
  };
}

const cases = await contract(server, {
  connect: backend,
  env: {},
  inputs,
  keep: (_text, path) => notOutside.has(path.at(-1) ?? ''),
  secrets: {
    DATABASE_URL: (planted) => `postgresql://reader:${planted}@db.internal:5432/cinema`,
    DATABASE_ADMIN_URL: (planted) => `postgresql://admin:${planted}@db.internal:5432/cinema`,
    PG_STANDBYS: (planted) => `postgresql://reader:${planted}@db2.internal:5432/cinema`,
    AUDIT_LOG_KEY: (planted) => planted,
    MCP_ENCRYPTION_KEY: (planted) => planted,
  },
});

describeWith({}, 'every tool withstands every attack of the core', (bed) => {
  beforeAll(async () => {
    await seedCinema(bed.server(), { database: bed.database(), scale: 0.01 });
    await bed.server().query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements', [], bed.database());
    await bed.server().query('CREATE ROLE contract_reader NOLOGIN');
    url = bed.url();
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { run }) => run());
});
