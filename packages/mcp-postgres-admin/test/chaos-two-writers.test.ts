import { randomBytes } from 'node:crypto';
import { openSession, type Session, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { readLog, verifyLog } from '@cinecom/mcp-core/audit';
import { codeOf, errorOf, type TempState, tempState, textOf } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BinaryClient, foldersOf, openBinary, runCommand } from './support/binary.ts';

const key = randomBytes(32).toString('base64');
const held = 'SELECT 1 AS to_be_ended';

describeWith({}, 'two servers on one state folder', (bed) => {
  let admin: string;
  let state: TempState;
  let servers: readonly [BinaryClient, BinaryClient];
  beforeAll(async () => {
    admin = uniqueName('admin');
    await bed.server().createRole(admin, { grants: ['pg_monitor', 'pg_read_all_data', 'pg_signal_backend'] });
    state = await tempState();
    const open = async () =>
      openBinary(bed.server().url(admin, bed.database()), {
        argv: ['--allow', 'destructive'],
        env: { AUDIT_LOG_KEY: key },
        state,
      });
    servers = await Promise.all([open(), open()]);
  });
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
    await state.remove();
    await bed.server().dropRole(admin);
  });

  const verified = async () => {
    const { dir, marksDir } = foldersOf(state);
    return verifyLog({ dir, marksDir, key });
  };
  async function target(): Promise<Session> {
    const session = await openSession(bed.server(), { database: bed.database(), role: admin });
    await session.client.query(held);
    return session;
  }

  it('both write at once, and every call is in a log that verifies, while they run and afterwards', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(
      servers.flatMap((server, which) =>
        numbers.map(async (number) => server.ask('pg_query', { sql: `SELECT ${number} AS from_${which}` })),
      ),
    );
    const report = await verified();
    expect([report.ok, report.writers.length]).toEqual([true, 2]);
    const asked = new Map<string, Set<string>>();
    for await (const { event, writer } of readLog({ dir: foldersOf(state).dir, types: ['call'] })) {
      const { sql } = event.args as { sql: string };
      asked.set(writer, (asked.get(writer) ?? new Set()).add(sql));
    }
    expect([...asked.values()].map((one) => one.size)).toEqual([40, 40]);
    const env = { ...state.env, AUDIT_LOG_KEY: key, DATABASE_URL: bed.url() };
    expect(await runCommand(['verify'], env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok/) });
  });

  it('a code of one is good at the other, once over both', async () => {
    const session = await target();
    const args = { pid: session.pid, expectQuery: held };
    const confirm = codeOf(await servers[0].call('pg_terminate', args));
    expect(textOf(await servers[1].call('pg_terminate', { ...args, confirm }))).toMatch(/^OK/);
    for (const server of servers) {
      expect(errorOf(await server.call('pg_terminate', { ...args, confirm }))?.code).toBe('confirm_used');
    }
    await session.end();
  });

  it('of the same code sent to both at once exactly one is applied', async () => {
    for (let round = 0; round < 5; round += 1) {
      const session = await target();
      const args = { pid: session.pid, expectQuery: held };
      const confirm = codeOf(await servers[round % 2]!.call('pg_terminate', args));
      const answers = await Promise.all(
        [...servers, ...servers].map(async (server) => server.call('pg_terminate', { ...args, confirm })),
      );
      const begun: string[] = [];
      for await (const { event } of readLog({ dir: foldersOf(state).dir, types: ['call.begin'] })) {
        if (event.target?.[0]?.id === String(session.pid)) begun.push(event.id);
      }
      expect(begun).toHaveLength(1);
      expect(answers.filter((answer) => textOf(answer).startsWith('OK: the session'))).toHaveLength(1);
      // Who comes after the fact is told that the code is spent, or that nothing is left to do.
      const others = answers.filter((answer) => !textOf(answer).startsWith('OK: the session'));
      for (const answer of others) expect(textOf(answer)).toMatch(/^(confirm_used|NOTHING TO DO|stale_plan)/);
      await session.end();
    }
    expect((await verified()).ok).toBe(true);
  });
});
