import type { PostgresServer } from '../postgres/types.ts';
import { openSession, type Handle, type SessionOptions } from './session.ts';

export interface IdleTransaction extends Handle {
  readonly pid: number;
}

/** A session that took a snapshot and a transaction id and now does nothing, so it pins the horizon. */
export async function holdIdleTransaction(
  server: PostgresServer,
  options: SessionOptions = {},
): Promise<IdleTransaction> {
  const { client, pid, end } = await openSession(server, options);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT txid_current()');
  return { pid, end };
}
