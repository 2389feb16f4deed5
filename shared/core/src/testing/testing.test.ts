import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { Era } from './client.ts';
import { fakeClock } from './clock.ts';
import { poison, poisons } from './poison.ts';
import { spawnServer } from './spawn-server.ts';

describe('poison', () => {
  class Cursor {
    async read() {
      return [{ at: new Date(0), text: 'row' }];
    }
  }
  const port = {
    version: '15',
    query: async (_sql: string) => ({ rows: [{ name: 'a', size: 1, tags: ['b'], note: null }] }),
    open: () => new Cursor(),
    map: () => new Map([['key', 'value']]),
  };

  test('reaches every string a port gives back, and nothing else', async () => {
    const bad = poison(port, '!');
    expect(bad.version).toBe('15!');
    expect(await bad.query('select 1')).toEqual({ rows: [{ name: 'a!', size: 1, tags: ['b!'], note: null }] });
    expect(await bad.open().read()).toEqual([{ at: new Date(0), text: 'row!' }]);
    expect(bad.map()).toEqual(new Map([['key', 'value!']]));
  });

  test('carries a canary, hidden characters and injections unless told otherwise, and keeps what it is told to', async () => {
    const bad = poison(port, undefined, (_text, path) => path.at(-1) === 'name');
    const { rows } = await bad.query('');
    expect(rows[0]?.name).toBe('a');
    expect(rows[0]?.tags[0]).toContain(poisons.canary);
    expect(rows[0]?.tags[0]).toContain(poisons.hidden);
    expect(rows[0]?.tags[0]).toContain(poisons.injection);
  });
});

test('a fake clock moves only when it is moved', () => {
  const clock = fakeClock(1000);
  clock.advance(500);
  expect(clock.now()).toBe(1500);
  clock.set(7);
  expect(clock.now()).toBe(7);
});

describe.each(['modern', 'legacy'] as const satisfies readonly Era[])('a spawned server, %s era', (era) => {
  const require = createRequire(import.meta.url);
  const script = `
    const { Server } = require(${JSON.stringify(require.resolve('@modelcontextprotocol/server'))});
    const { serveStdio } = require(${JSON.stringify(require.resolve('@modelcontextprotocol/server/stdio'))});
    process.stderr.write('started with ' + process.env.GIVEN + '\\n');
    serveStdio(() => {
      const server = new Server({ name: 's', version: '1' }, { capabilities: { tools: {} } });
      server.setRequestHandler('tools/list', () => ({ tools: [] }));
      return server;
    });
    process.stdin.on('end', () => process.exit(0));
  `;
  const start = () => spawnServer({ command: process.execPath, args: ['-e', script], env: { GIVEN: 'a value' }, era });

  test('answers a client, shows its stderr and ends with its stdin', async () => {
    const spawned = await start();
    expect((await spawned.client.listTools()).tools).toEqual([]);
    await spawned.close();
    await spawned.ended;
    expect(spawned.stderr()).toBe('started with a value\n');
  });

  test('can be killed', async () => {
    const spawned = await start();
    spawned.kill('SIGKILL');
    await spawned.ended;
    await spawned.close();
    expect(() => process.kill(spawned.pid, 0)).toThrow(/ESRCH/);
  });
});

test('a command that ends at once is reported with its stderr', async () => {
  const args = ['-e', 'process.stderr.write("no settings"); process.exit(2)'];
  await expect(spawnServer({ command: process.execPath, args, era: 'legacy' })).rejects.toThrow(/no settings/);
});
