import { runWatched } from '@cinecom/pg-guard';
import type { Part } from '../model/part.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import { isConnectionLoss, sqlState, toToolError } from './errors.ts';
import { receivedBytes } from './message-limit.ts';
import type { Pool } from './pool.ts';
import { query } from './query.ts';

/** One connection for the reads of one call. */
export interface Reader {
  readonly facts: ServerFacts;
  /** Our own fixed statements only; text of others goes through the guard. */
  readonly rows: <Row>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  readonly row: <Row>(text: string, values?: readonly unknown[]) => Promise<Row>;
  /** What a missing grant, extension or lock makes unreadable becomes a reason instead of an error. */
  readonly part: <Value>(work: () => Promise<Value>) => Promise<Part<Value>>;
}

/**
 * Runs `work` on one connection, once more on a new one when a kept connection turned out to be dead. An abort cancels on
 * the server.
 *
 * @throws ToolError
 */
export async function withReader<Result>(
  pool: Pool,
  signal: AbortSignal,
  work: (reader: Reader) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    let fresh = true;
    let role: string | undefined;
    try {
      const lease = await pool.lease(signal);
      ({ fresh } = lease);
      role = lease.facts.role;
      return await runWatched(
        lease,
        { receivedBytes, signal },
        async () => {
          await lease.searchPath('own');
          return work(createReader(lease.client, lease.facts));
        },
        async () => undefined,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!fresh && attempt <= 3 && isConnectionLoss(error)) continue;
      throw toToolError(error, { role, address: pool.address()?.text });
    }
  }
}

function createReader(client: Parameters<typeof query>[0], facts: ServerFacts): Reader {
  const rows = <Row>(text: string, values?: readonly unknown[]) => query<Row>(client, text, values);
  return {
    facts,
    rows,
    async row<Row>(text: string, values?: readonly unknown[]) {
      const [first] = await rows<Row>(text, values);
      if (first === undefined) throw new Error('a statement of one row returned none');
      return first;
    },
    async part(work) {
      try {
        return { value: await work() };
      } catch (error) {
        const why = unreadable(error, facts);
        if (why === undefined) throw error;
        return { missing: why };
      }
    },
  };
}

function unreadable(error: unknown, facts: ServerFacts): string | undefined {
  const state = sqlState(error);
  if (state === '42501') return `the role lacks a right: GRANT pg_monitor, pg_read_all_data TO ${facts.role}`;
  if (state === '55000' && error instanceof Error) return error.message.slice(0, 120);
  if (state === '42P01' || state === '42883' || state === '42703') return 'this server does not have it';
  if (state === '57014') return 'it ran into --statement-timeout';
  if (state === '55P03') return 'it ran into --lock-timeout';
  return undefined;
}
