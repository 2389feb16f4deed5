import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReaper } from '../host/reaper.ts';
import { serverProcess } from '../host/server-process.ts';
import { withFreePort } from '../host/with-free-port.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { BackendUnavailable } from '../unavailable.ts';
import { configuration, host } from './configuration.ts';
import { fitsAddress, missingRedis, redisProgram } from './missing-redis.ts';
import type { RedisOptions, RedisServer } from './types.ts';

const ready = 'Ready to accept connections';

/**
 * A real Redis that keeps nothing on disk by itself: the one at `TESTBED_REDIS_URL`, else `redis-server` on the PATH.
 *
 * Whatever ends this process, the server ends with it and its folder is removed.
 * @throws BackendUnavailable when this machine has none that fits
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const address = process.env.TESTBED_REDIS_URL;
  if (address && fitsAddress(options)) return serverAt(address);
  const program = redisProgram();
  if (program === undefined) throw new BackendUnavailable(missingRedis(options) ?? 'no redis-server');
  sweepStaleFolders();
  const folder = createWorkFolder();
  const reaper = startReaper(folder);
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
  };
  try {
    const file = join(folder, 'redis.conf');
    const { port, running } = await withFreePort((free) => {
      writeFileSync(file, configuration(options, folder, free), { mode: 0o600 });
      return serverProcess({ program, argv: [file], folder, ready });
    });
    const stop = async (): Promise<void> => {
      await running.down();
      remove();
    };
    const login = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
    const url = `${options.tls ? 'rediss' : 'redis'}://${login}${host}:${port}`;
    return { source: 'system', url, host, port, ...running, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

function refuse(what: string): never {
  throw new BackendUnavailable(`a server given by TESTBED_REDIS_URL is not ours to ${what}`);
}

function serverAt(url: string): RedisServer {
  const { hostname, port } = new URL(url);
  return {
    source: 'address',
    url,
    host: hostname,
    port: Number(port || 6379),
    down: async () => refuse('stop'),
    up: async () => refuse('start'),
    pause: () => refuse('pause'),
    resume: () => refuse('resume'),
    stop: () => Promise.resolve(),
    logs: () => '',
    pid: () => undefined,
  };
}
