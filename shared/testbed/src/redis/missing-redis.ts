import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { RedisOptions } from './types.ts';

/** Whether a server that somebody else runs can serve these options. */
export function fitsAddress({ tls, password, control }: RedisOptions): boolean {
  return !tls && password === undefined && !control;
}

/** Path of `redis-server` on the PATH; undefined without one. */
export function redisProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));
}

/** Why `startRedis(options)` would find nothing to start, without starting anything; `undefined` when it would. */
export function missingRedis(options: RedisOptions): string | undefined {
  if (process.env.TESTBED_REDIS_URL && fitsAddress(options)) return undefined;
  if (redisProgram() !== undefined) return undefined;
  const address = process.env.TESTBED_REDIS_URL ? 'the one at TESTBED_REDIS_URL is not ours to configure' : '';
  return `no redis-server on the PATH${address && `, and ${address}`}; install the package redis-server`;
}
