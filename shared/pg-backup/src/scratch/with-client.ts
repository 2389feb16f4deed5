import type { Client } from 'pg';
import type { Scratch } from './start-scratch.ts';

/** For programs and connections that work in a scratch server: settings that a restore brought do not hold. */
export const workOptions =
  '-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0';

/**
 * Works over one connection to a scratch server, closed in any case. An abort closes it at once.
 * @throws the reason of the signal; what the work throws
 */
export async function withScratchClient<Result>(
  {
    scratch,
    database,
    signal,
  }: { readonly scratch: Scratch; readonly database?: string; readonly signal: AbortSignal },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: scratch.url(database),
    connectionTimeoutMillis: 8000,
    options: workOptions,
  });
  client.on('error', () => undefined);
  const give = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', give, { once: true });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', give);
    await client.end().catch(() => undefined);
  }
}
