import type { PostgresServer } from '../postgres/types.ts';
import { openSession, type Handle, type Session, type SessionOptions } from './session.ts';

const opensAtOnce = 10;

/** Opens `count` idle connections. @throws the server's own error (53300) once it takes no more, with all of them closed */
export async function fillConnections(
  server: PostgresServer,
  count: number,
  options: SessionOptions = {},
): Promise<Handle> {
  const sessions: Session[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(sessions.splice(0).map((session) => session.end()));
  };
  while (sessions.length < count) {
    const batch = Array.from({ length: Math.min(opensAtOnce, count - sessions.length) }, () =>
      openSession(server, { applicationName: 'cinema-web', ...options }),
    );
    const results = await Promise.allSettled(batch);
    sessions.push(...results.filter((one) => one.status === 'fulfilled').map((one) => one.value));
    const refused = results.find((one) => one.status === 'rejected');
    if (refused) {
      await end();
      throw refused.reason;
    }
  }
  return { end };
}
