import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresServer } from '../postgres/types.ts';
import { openSession, type Handle, type SessionOptions } from './session.ts';

export interface LockChain extends Handle {
  /** Holds the first row and waits for nobody. */
  readonly root: number;
  /** The first waits for the root, the second for the first. */
  readonly victims: readonly [number, number];
}

const lookEveryMs = 10;
const update = 'UPDATE screenings SET price_yen = price_yen + 100 WHERE id = $1';

/** Returns when the server itself says that `waiter` is blocked by `blocker`. */
async function untilBlocked(server: PostgresServer, waiter: number, blocker: number): Promise<void> {
  const question = 'SELECT $2 = ANY (pg_blocking_pids($1)) AS blocked';
  while (!(await server.query<{ blocked: boolean }>(question, [waiter, blocker]))[0]?.blocked) await delay(lookEveryMs);
}

/** Three sessions on the screenings of a seeded cinema: a root, its victim, and the victim of that. Nothing is committed. */
export async function holdLockChain(
  server: PostgresServer,
  options: SessionOptions & { readonly database: string },
): Promise<LockChain> {
  const root = await openSession(server, options);
  const first = await openSession(server, options);
  const second = await openSession(server, options);
  const sessions = [root, first, second];
  for (const { client } of sessions) await client.query('BEGIN');
  await root.client.query(update, [1]);
  await first.client.query(update, [2]);
  const waiting = [first.client.query(update, [1])];
  await untilBlocked(server, first.pid, root.pid);
  waiting.push(second.client.query(update, [2]));
  await untilBlocked(server, second.pid, first.pid);
  const settled = Promise.allSettled(waiting);
  return {
    root: root.pid,
    victims: [first.pid, second.pid],
    async end() {
      // the root first: what waits for it then goes on, and a connection can end
      for (const session of sessions) await session.end();
      await settled;
    },
  };
}
