import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from './server-process.ts';

/** How recovery ended: `open` for a server that left recovery, `paused` for one that stands at its target. */
export interface Ready {
  readonly state: 'open' | 'paused';
  /** Commit time of the last replayed transaction, as the server tells it; null when it replayed none. */
  readonly lastReplayedAt: string | null;
}

/** The server ended instead of coming up: what it was filled with cannot be recovered, or not on this machine. */
export class ScratchStartError extends Error {
  override readonly name = 'ScratchStartError';
}

const lookEveryMs = 50;

/**
 * Waits until recovery is over or paused at its target. That a server answers is not enough: it does so while it recovers.
 * @throws ScratchStartError with the log's end when the server ends instead
 */
export async function waitUntilReady(
  server: ServerProcess,
  data: string,
  url: string,
  signal: AbortSignal,
): Promise<Ready> {
  for (;;) {
    signal.throwIfAborted();
    if (server.ended()) throw new ScratchStartError(`The scratch server did not come up:\n${await server.log()}`);
    const ready = (await takesConnections(data)) ? await recoveryState(url) : undefined;
    if (ready !== undefined) return ready;
    await delay(lookEveryMs, undefined, { signal });
  }
}

async function takesConnections(data: string): Promise<boolean> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n')[7]?.trim() === 'ready';
}

async function recoveryState(url: string): Promise<Ready | undefined> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ recovering: boolean; paused: boolean; at: string | null }>(
      `SELECT pg_is_in_recovery() AS recovering,
              CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
              to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
    );
    const [row] = rows;
    if (row === undefined || (row.recovering && !row.paused)) return undefined;
    return { state: row.recovering ? 'paused' : 'open', lastReplayedAt: row.at };
  } catch (error) {
    if (comesAgain(error)) return undefined;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Still starting up (57P03), or cut off by the end of recovery or of the server, which the next look tells. */
function comesAgain(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(?:57P..|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT)$/.test(code) || error.message.includes('terminated unexpectedly')
  );
}
