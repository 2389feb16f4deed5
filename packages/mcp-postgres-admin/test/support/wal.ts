import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresServer } from '@cinecom/testbed';
import { vi } from 'vitest';

const patience = { timeout: 20_000, interval: 20 };

/** Writes WAL and no rows, and has it flushed. */
export async function writeWal(server: PostgresServer, megabytes: number): Promise<void> {
  await server.query(
    `SELECT count(pg_logical_emit_message(false, 'noise', repeat('x', 1000000))) FROM generate_series(1, ${megabytes})`,
  );
  await flush(server);
}

/** The test bed's servers do not wait for their disk; what is not flushed is not sent either. */
async function flush(server: PostgresServer): Promise<void> {
  await server.query(
    `BEGIN; SET LOCAL synchronous_commit = local; SELECT pg_logical_emit_message(true, 'end', ''); COMMIT`,
  );
}

async function endOfWal(primary: PostgresServer): Promise<string> {
  await flush(primary);
  const [row] = await primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  return row?.lsn ?? '';
}

/** Waits until a standby has received, or replayed, all that the primary has written until now. */
export async function untilHas(
  primary: PostgresServer,
  standby: PostgresServer,
  what: 'receive' | 'replay',
): Promise<void> {
  const lsn = await endOfWal(primary);
  await untilTrue(standby, `SELECT pg_last_wal_${what}_lsn() >= '${lsn}' AS yes`);
}

/** Waits until a statement returns `yes`. */
export async function untilTrue(server: PostgresServer, sql: string): Promise<void> {
  await vi.waitFor(async () => {
    const [row] = await server.query<{ yes: boolean | null }>(sql);
    if (row?.yes !== true) throw new Error(`never true: ${sql}`);
  }, patience);
}

/** Restarts a server as a standby of nobody: it replays what it has and waits for more. */
export async function makeStandbyOfNobody(server: PostgresServer): Promise<void> {
  const [row] = await server.query<{ data: string }>(`SELECT current_setting('data_directory') AS data`);
  const data = row?.data ?? '';
  const signal = join(data, 'standby.signal');
  await server.down();
  await writeFile(signal, '');
  const { uid, gid } = await stat(data);
  await chown(signal, uid, gid);
  await server.up();
}
