import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';

/** About 350 MB with its two indexes, in rows of some 100 bytes. */
const fill = [
  `CREATE TABLE bench_bookings AS SELECT n AS id, n % 50021 AS screening, now() - n * interval '1 second' AS booked_at,
     md5(n::text) AS reference, 'customer ' || n % 100003 AS customer, n % 3000 AS yen FROM generate_series(1, 2620000) AS n`,
  'ALTER TABLE bench_bookings ADD PRIMARY KEY (id)',
  'CREATE INDEX ON bench_bookings (screening)',
  'CHECKPOINT',
];

/**
 * A dump and its restore test over stdio, each once, on an idle machine: the time that `pg_backup_run` and `pg_restore_test` take.
 *
 * @param binary path of the bundled `dist/cli.js`
 * @param connectionString a superuser's address of a database that may be filled
 */
export async function backupFigures(
  binary: string,
  connectionString: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-bench-backup-'));
  await chmod(folder, 0o711); // the account of the scratch server goes through it
  const size = await filled(connectionString);
  const flags = [
    '--allow',
    'write',
    '--rate',
    '0',
    '--backup-dir',
    join(folder, 'store'),
    '--scratch',
    join(folder, 'scratch'),
  ];
  const server = new LineClient([binary, ...flags, '--backup-plaintext', 'accepted'], env);
  try {
    await server.request('server/discover');
    const dump = await seconds(async () => void (await call(server, 'pg_backup_run', 'OK: backup')));
    let answer = '';
    const test = await seconds(async () => {
      answer = await call(server, 'pg_restore_test', 'OK: faithful');
    });
    const told = toldSeconds(answer);
    const what = `${Math.round(size / 1e6)} MB`;
    return [
      {
        name: `${what}: pg_backup_run`,
        value: dump,
        unit: 's',
        how: 'once, over stdio; dump and fingerprint of one snapshot, SHA-256, level 2',
      },
      {
        name: `${what}: pg_restore_test`,
        value: test,
        unit: 's',
        how: 'once, over stdio; every byte read, scratch server, restore, amcheck, comparison of all rows, removal',
      },
      {
        name: `${what}: dump and restore test`,
        value: dump + test,
        unit: 's',
        target: { atMost: 30 },
        how: 'sum of the two',
      },
      {
        name: `${what}: RTO told, off from a stopwatch by`,
        value: (Math.abs(test - told) / test) * 100,
        unit: '%',
        target: { atMost: 20 },
        how: 'the RTO of the answer beside the time of the whole call, which also removes the copy',
      },
    ];
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function filled(connectionString: string): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (const statement of fill) await client.query(statement);
    const { rows } = await client.query<{ bytes: number }>(
      'SELECT pg_database_size(current_database())::float8 AS bytes',
    );
    return rows[0]?.bytes ?? 0;
  } finally {
    await client.end();
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** @throws Error when the answer does not begin as it should */
async function call(server: LineClient, name: string, beginning: string): Promise<string> {
  const { message } = await server.request('tools/call', { name, arguments: {} });
  const text = JSON.stringify(message.result?.['content'] ?? message.error);
  if (!text.includes(`"text":"${beginning}`)) throw new Error(`${name} answered ${text.slice(0, 500)}`);
  return text;
}

/** `RTO 11.3 s:` or `RTO 1 min 5 s:` of an answer. */
function toldSeconds(answer: string): number {
  const [, minutes = '0', seconds = '0'] = /RTO (?:(\d+) min ?)?(?:([\d.]+) s)?:/.exec(answer) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
