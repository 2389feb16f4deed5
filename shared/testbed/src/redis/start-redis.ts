import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../host/free-port.ts';
import { startReaper } from '../host/reaper.ts';
import { serverProcess, type ServerProcess } from '../host/server-process.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { BackendUnavailable } from '../unavailable.ts';
import { configuration, host } from './configuration.ts';
import { fitsAddress, missingRedis, redisProgram } from './missing-redis.ts';
import type { RedisOptions, RedisServer } from './types.ts';

const portTries = 3;
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
  const running = serverProcess({ program, argv: [join(folder, 'redis.conf')], folder, ready });
  const stop = async (): Promise<void> => {
    await running.down();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
  };
  try {
    const port = await bind(options, folder, running);
    const login = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
    const url = `${options.tls ? 'rediss' : 'redis'}://${login}${host}:${port}`;
    return { source: 'system', url, host, port, ...running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Another process can take a free port before the server does, so a few are tried. */
async function bind(options: RedisOptions, folder: string, running: ServerProcess): Promise<number> {
  for (let left = portTries; ; left -= 1) {
    const port = await freePort();
    writeFileSync(join(folder, 'redis.conf'), configuration(options, folder, port), { mode: 0o600 });
    try {
      await running.up();
      return port;
    } catch (error) {
      if (left === 1 || !running.logs().includes('Address already in use')) throw error;
    }
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
  };
}
