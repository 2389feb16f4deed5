import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openSession, seedCinema, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { verifyLog } from '@cinecom/mcp-core/audit';
import { tempState, textOf } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binary, foldersOf, openBinary } from './support/binary.ts';

const held = 'SELECT 1 AS to_be_ended';

describeWith({}, 'the built server over stdio', (bed) => {
  let reader: string;
  let admin: string;
  beforeAll(async () => {
    await seedCinema(bed.server(), { database: bed.database(), scale: 0.01, faults: false });
    reader = uniqueName('reader');
    admin = uniqueName('admin');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    await bed.server().createRole(admin, { grants: ['pg_monitor', 'pg_signal_backend'] });
  });
  afterAll(async () => {
    await bed.server().dropRole(admin);
    await bed.server().dropRole(reader);
  });
  const env = () => ({ DATABASE_ADMIN_URL: bed.server().url(admin, bed.database()) });
  const url = () => bed.server().url(reader, bed.database());

  describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
    it('lists the tools that its ceiling allows, as the pinned definitions have them', async () => {
      const folder = new URL('definitions/', import.meta.url);
      const pinned = (await readdir(folder)).map((name) => name.replace('.json', ''));
      await using reading = await openBinary(url(), { era });
      await using changing = await openBinary(url(), { era, argv: ['--allow', 'destructive'] });
      const names = async (client: typeof reading) =>
        (await client.server.client.listTools()).tools.map(({ name }) => name);
      expect(await names(changing)).toEqual(pinned.toSorted());
      expect(await names(reading)).toEqual(
        pinned.filter((name) => !/cancel|terminate|maintain|change|backup_run|restore_test/.test(name)).toSorted(),
      );
      for (const tool of (await changing.server.client.listTools()).tools) {
        const { description, inputSchema } = JSON.parse(
          await readFile(new URL(`${tool.name}.json`, folder), 'utf8'),
        ) as typeof tool;
        expect(tool).toMatchObject({ description, inputSchema });
      }
    });

    it('answers every reading tool from a real database', async () => {
      await using client = await openBinary(url(), { era });
      expect(await client.ask('pg_overview')).toMatch(/^(OK|WARNING|CRITICAL|UNKNOWN): [^]*PostgreSQL \d+/);
      expect(await client.ask('pg_query', { sql: 'SELECT count(*)::int AS n FROM movies' })).toMatch(
        /\|`n`\|\n\|-\|\n\|\d+\|/,
      );
      expect(await client.ask('pg_explain', { sql: 'SELECT * FROM bookings WHERE id = 1' })).toContain('bookings');
      expect(await client.ask('pg_activity')).toContain('connections');
      expect(await client.ask('pg_locks')).toMatch(/^OK/);
      await client.server.close();
      const { dir, marksDir } = foldersOf(client.state);
      expect(await verifyLog({ dir, marksDir })).toMatchObject({ verdict: 'ok-unsigned', unfinished: [] });
    });

    it('answers with data instead of text where that is asked for', async () => {
      await using client = await openBinary(url(), { era, argv: ['--results', 'structured'] });
      const answer = await client.call('pg_query', { sql: "SELECT 1 AS one, '映画' AS name" });
      expect(answer).toMatchObject({
        content: [],
        structuredContent: { columns: ['one', 'name'], rows: [[1, '映画']] },
      });
    });

    it('asks by form where the client has forms, and does what was accepted', async () => {
      const session = await openSession(bed.server(), { database: bed.database(), role: admin });
      await session.client.query(held);
      const forms: { readonly message: string; readonly schema: Readonly<Record<string, unknown>> }[] = [];
      let accept = false;
      await using client = await openBinary(url(), {
        era,
        argv: ['--allow', 'destructive'],
        env: env(),
        elicit(form) {
          forms.push(form);
          const [field = ''] = Object.keys((form.schema as { properties?: object }).properties ?? {});
          return accept ? { action: 'accept', content: { [field]: String(session.pid) } } : { action: 'decline' };
        },
      });
      const args = { pid: session.pid, expectQuery: held };
      expect(await client.refusal('pg_terminate', args)).toMatchObject({ code: 'confirm_declined' });
      accept = true;
      expect(textOf(await client.call('pg_terminate', args))).toMatch(/^OK: the session/);
      expect(forms[0]?.message).toContain(`end session ${session.pid}`);
      expect(forms).toHaveLength(2);
      await session.end();
    });

    it('serves calls side by side, each with its own answer', async () => {
      await using client = await openBinary(url(), { era });
      const numbers = Array.from({ length: 30 }, (_, index) => index);
      const texts = await Promise.all(
        numbers.map(async (number) => client.ask('pg_query', { sql: `SELECT ${number} AS n` })),
      );
      expect(texts.map((text) => Number(/\|(\d+)\|$/.exec(text)?.[1]))).toEqual(numbers);
    });
  });

  it('writes nothing to stdout but one JSON message a line, whatever it is sent', async () => {
    await using state = await tempState();
    const child = spawn(process.execPath, [binary, '--log-level', 'debug'], {
      env: { ...state.env, DATABASE_URL: url() },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    const messages: { readonly id?: unknown }[] = [];
    const read = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        messages.push(JSON.parse(line) as { id?: unknown });
        if (messages.some(({ id }) => id === 'last')) child.stdin.end();
      }
    })();
    const clientInfo = { name: 'raw', version: '1' };
    const lines: readonly unknown[] = [
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
      },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'pg_nothing', arguments: {} } },
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'pg_query', arguments: { sql: 5 } } },
      { jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'pg_query' } },
      { jsonrpc: '2.0', id: 5, method: 'nonsense' },
      {
        jsonrpc: '2.0',
        id: 6,
        method: 'tools/call',
        params: { name: 'pg_query', arguments: { sql: 'SELECT 6 AS six' } },
      },
    ];
    for (const line of lines) child.stdin.write(`${JSON.stringify(line)}\n`);
    for (const junk of ['no JSON', '[]', 'null', '{"jsonrpc":"2.0"}', '\u0000', '']) child.stdin.write(`${junk}\n`);
    const last = { jsonrpc: '2.0', id: 'last', method: 'tools/call', params: { name: 'pg_overview', arguments: {} } };
    child.stdin.write(`${JSON.stringify(last)}\n`);
    expect(await exited).toEqual([0, null]);
    await read;
    const ids = messages.map(({ id }) => id);
    for (const id of [1, 2, 3, 4, 5, 6, 'last']) expect(ids.filter((one) => one === id)).toEqual([id]);
  });
});
