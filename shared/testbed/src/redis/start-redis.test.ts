import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../host/free-port.ts';
import { startReaper } from '../host/reaper.ts';
import { serverProcess } from '../host/server-process.ts';
import { createWorkFolder } from '../host/work-folder.ts';
import { describeWithRedis } from '../vitest.ts';
import { configuration } from './configuration.ts';
import { missingRedis, redisProgram } from './missing-redis.ts';
import { startRedis } from './start-redis.ts';
import type { RedisServer } from './types.ts';

/** What the server answers to one line; what it says is read until it closes. */
async function ask({ host, port }: Pick<RedisServer, 'host' | 'port'>, ...lines: readonly string[]): Promise<string> {
  const socket = connect(port, host).setEncoding('utf8');
  let answer = '';
  socket.on('data', (chunk: string) => (answer += chunk));
  socket.write([...lines, 'QUIT', ''].join('\r\n'));
  await once(socket, 'close');
  return answer;
}

describeWithRedis({ password: 'for-this-test', control: true }, 'a Redis of the test bed', ({ server }) => {
  it('asks for its password and forgets everything when it is killed', async () => {
    expect(await ask(server(), 'GET a')).toContain('NOAUTH');
    expect(await ask(server(), 'AUTH for-this-test', 'SET a 1', 'GET a')).toBe('+OK\r\n+OK\r\n$1\r\n1\r\n+OK\r\n');
    await server().down();
    await expect(ask(server(), 'PING')).rejects.toThrow('ECONNREFUSED');
    await server().up();
    expect(await ask(server(), 'AUTH for-this-test', 'GET a')).toBe('+OK\r\n$-1\r\n+OK\r\n');
  });

  it('is ended by the reaper of its folder, which then is gone', async () => {
    const folder = createWorkFolder();
    const program = redisProgram() ?? '';
    const address = { host: '127.0.0.1', port: await freePort() };
    writeFileSync(join(folder, 'redis.conf'), configuration({}, folder, address.port));
    const running = serverProcess({
      program,
      argv: [join(folder, 'redis.conf')],
      folder,
      ready: 'Ready to accept connections',
    });
    onTestFinished(() => running.down());
    await running.up();
    expect(await ask(address, 'PING')).toContain('+PONG');
    startReaper(folder).dismiss();
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), 5000);
    await expect(ask(address, 'PING')).rejects.toThrow('ECONNREFUSED');
  });
});

it('says what to install where there is no Redis', async () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('TESTBED_REDIS_URL', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(missingRedis({})).toBe('no redis-server on the PATH; install the package redis-server');
  await expect(startRedis({})).rejects.toMatchObject({ name: 'BackendUnavailable' });
});

it('uses the one at an address only where nothing of it is to be changed', async () => {
  vi.stubEnv('TESTBED_REDIS_URL', 'redis://elsewhere:6380');
  onTestFinished(() => void vi.unstubAllEnvs());
  const given = await startRedis();
  expect([given.source, given.host, given.port]).toEqual(['address', 'elsewhere', 6380]);
  await expect(given.down()).rejects.toThrow('not ours to stop');
  vi.stubEnv('PATH', '/nowhere');
  expect(missingRedis({ control: true })).toContain('not ours to configure');
});
