import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { tempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binary, openBinary, until } from './support/binary.ts';

const eras = ['modern', 'legacy'] as const;

describeWith({}, 'a statement that runs', (bed) => {
  let reader: string;
  beforeAll(async () => {
    reader = uniqueName('reader');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
  });
  afterAll(() => bed.server().dropRole(reader));

  const url = () => bed.server().url(reader, bed.database());
  const running = async (): Promise<number> =>
    (
      await bed
        .server()
        .query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'active' AND query LIKE '%endless%'", [
          reader,
        ])
    ).length;
  const sessions = async (): Promise<number> =>
    (await bed.server().query('SELECT 1 FROM pg_stat_activity WHERE usename = $1', [reader])).length;

  describe.each([
    ['counting', 'SELECT count(*) AS endless FROM generate_series(1, 10000000000)'],
    ['sorting', 'SELECT md5(n::text) AS endless FROM generate_series(1, 30000000) n ORDER BY 1'],
    ['nested', 'SELECT count(*) AS endless FROM pg_class a, pg_class b, pg_class c, pg_class d, pg_class e'],
  ])('and is %s', (_name, sql) => {
    it.each(eras)('ends on the server when the client cancels, in the %s era', async (era) => {
      await using client = await openBinary(url(), { era });
      const stop = new AbortController();
      const asked = client.call('pg_query', { sql }, { signal: stop.signal }).catch((error: unknown) => error);
      await until('the statement runs', async () => (await running()) === 1);
      stop.abort();
      await until('the statement has ended', async () => (await running()) === 0);
      expect(await asked).toBeInstanceOf(Error);
      expect(await client.ask('pg_query', { sql: 'SELECT 6 * 7' })).toContain('|42|');
    });
  });

  it('is one of several, and only the cancelled one ends', async () => {
    await using client = await openBinary(url());
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [first, second].map(async ({ signal }, index) =>
      client
        .call(
          'pg_query',
          { sql: `SELECT count(*) AS endless_${index} FROM generate_series(1, 10000000000)` },
          { signal },
        )
        .catch(() => undefined),
    );
    await until('both run', async () => (await running()) === 2);
    first.abort();
    await until('one has ended', async () => (await running()) === 1);
    const [left] = await bed
      .server()
      .query<{ query: string }>("SELECT query FROM pg_stat_activity WHERE usename = $1 AND state = 'active'", [reader]);
    expect(left?.query).toContain('endless_1');
    second.abort();
    await until('both have ended', async () => (await running()) === 0);
    await Promise.all(asked);
  });

  it.each(['stdin end', 'stdout closed', 'SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'ends on the server when the client goes: %s',
    async (ending) => {
      await using state = await tempState();
      const child = spawn(process.execPath, [binary], {
        env: { ...state.env, DATABASE_URL: url() },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const exited = once(child, 'exit');
      const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      const clientInfo = { name: 'raw', version: '1' };
      send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } });
      send({ method: 'notifications/initialized' });
      const sql = 'SELECT count(*) AS endless FROM generate_series(1, 10000000000)';
      send({ id: 2, method: 'tools/call', params: { name: 'pg_query', arguments: { sql } } });
      await until('the statement runs', async () => (await running()) === 1);
      if (ending === 'stdin end') child.stdin.end();
      else if (ending === 'stdout closed') {
        // Nobody reads and nobody writes any more, as after kill -9 of a client.
        child.stdout.destroy();
        child.stdin.destroy();
      } else child.kill(ending);
      expect(await exited).toEqual(ending === 'SIGKILL' ? [null, 'SIGKILL'] : [0, null]);
      await until('statement and connection are gone', async () => (await sessions()) === 0, 5000);
    },
  );
});
