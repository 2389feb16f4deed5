import type { CheckRow } from '../define/server.ts';
import { isToolError } from '../errors/tool-error.ts';
import type { Session } from './session.ts';

const check = 'shared state';

/** Under `--transport http` with a Redis: whether it takes what replicas share, and whether their codes can be the same. */
export async function sharedRows({ core, server }: Session): Promise<readonly CheckRow[]> {
  if (core.transport !== 'http' || core.stateRedisUrl === undefined) return [];
  const { createRedisClient } = await import('../gate/redis/client.ts');
  const redis = createRedisClient(core.stateRedisUrl);
  try {
    await (await redis.run()).send(['SET', `cinecom:${server.name}:check`, '1', 'EX', '1']);
  } catch (error) {
    if (!isToolError(error)) throw error;
    const fix = error.hint === undefined ? {} : { fix: error.hint };
    return [{ check, status: 'failed', detail: `${error.message}, so changes are refused`, ...fix }];
  } finally {
    redis.close();
  }
  if (core.encryptionKey !== undefined || core.auditKey !== undefined)
    return [{ check, status: 'ok', detail: 'its Redis is written; replicas with the same key redeem each code once' }];
  return [
    {
      check,
      status: 'warning',
      detail: 'its Redis is written, but each replica has a key of its own: it refuses codes of the others',
      fix: 'Give all replicas the same MCP_ENCRYPTION_KEY: openssl rand -base64 32',
    },
  ];
}
