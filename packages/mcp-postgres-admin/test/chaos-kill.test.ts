import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { openSession, type Session, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { type AuditEvent, readLog, verifyLog, type VerifyReport } from '@cinecom/mcp-core/audit';
import { codeOf, type TempState, tempState, textOf } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BinaryClient, foldersOf, openBinary, runCommand, until } from './support/binary.ts';

const key = randomBytes(32).toString('base64');
const held = 'SELECT 1 AS to_be_ended';

/** Stands between the server under test and the database, for the admin connection alone. */
interface Gate extends AsyncDisposable {
  readonly port: number;
  /** Connections that were opened. */
  opened(): number;
}

/** @param way nothing arrives; or everything arrives and, once the session was signalled, no answer comes back */
async function openGate(to: { readonly host: string; readonly port: number }, way: 'closed' | 'silent'): Promise<Gate> {
  const sockets = new Set<Socket>();
  let opened = 0;
  const listener = createServer((near) => {
    opened += 1;
    sockets.add(near.on('error', () => near.destroy()));
    if (way === 'closed') return;
    const far = connect(to.port, to.host);
    sockets.add(far.on('error', () => far.destroy()));
    far.pipe(near);
    near.on('data', (chunk: Buffer) => {
      if (chunk.includes('pg_terminate_backend')) far.unpipe();
      far.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    opened: () => opened,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

async function eventsOf(state: TempState): Promise<readonly AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const { event } of readLog({ dir: foldersOf(state).dir })) events.push(event);
  return events;
}

async function verified(state: TempState): Promise<VerifyReport> {
  const { dir, marksDir } = foldersOf(state);
  return verifyLog({ dir, marksDir, key });
}

describeWith({}, 'kill -9', (bed) => {
  let reader: string;
  let admin: string;
  beforeAll(async () => {
    reader = uniqueName('reader');
    admin = uniqueName('admin');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    await bed.server().createRole(admin, { grants: ['pg_monitor', 'pg_signal_backend'] });
  });
  afterAll(async () => {
    await bed.server().dropRole(admin);
    await bed.server().dropRole(reader);
  });

  const isThere = async (pid: number): Promise<boolean> =>
    (await bed.server().query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0;

  async function target(): Promise<Session> {
    const session = await openSession(bed.server(), { database: bed.database(), role: admin });
    await session.client.query(held);
    return session;
  }

  function open(state: TempState, adminPort?: number): Promise<BinaryClient> {
    const adminUrl = new URL(bed.server().url(admin, bed.database()));
    if (adminPort !== undefined) adminUrl.port = String(adminPort);
    return openBinary(bed.server().url(reader, bed.database()), {
      argv: ['--allow', 'destructive', '--confirm', 'code'],
      env: { AUDIT_LOG_KEY: key, DATABASE_ADMIN_URL: adminUrl.href },
      state,
    });
  }

  async function planned(client: BinaryClient, pid: number) {
    const args = { pid, expectQuery: held };
    return { ...args, confirm: codeOf(await client.call('pg_terminate', args)) };
  }

  /** What `verify`, `check` and the next start say of it. */
  async function expectUnknown(state: TempState, ids: readonly string[]): Promise<void> {
    const report = await verified(state);
    expect(report.writers.map(({ verdict }) => verdict).filter((one) => !/^ok(-torn-tail)?$/.test(one))).toEqual([]);
    expect(report.unfinished.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const env = { ...state.env, AUDIT_LOG_KEY: key, DATABASE_URL: bed.server().url(reader, bed.database()) };
    const verify = await runCommand(['verify'], env);
    expect([verify.code, verify.stderr]).toEqual([0, '']);
    expect(verify.stdout).toMatch(/^ok(-torn-tail)?: /);
    expect(verify.stdout).not.toMatch(/modified|truncated|gap/);
    const shown = /^Changes of unknown outcome: (\d+)$/m.exec(verify.stdout)?.[1] ?? '0';
    expect(Number(shown)).toBe(ids.length);
    await using next = await open(state);
    await next.ask('pg_query', { sql: 'SELECT 1' });
    const start = (await eventsOf(state)).findLast(({ type }) => type === 'log.start');
    const { unfinished } = start!.detail as { unfinished: readonly { id: string; tool: string }[] };
    expect(unfinished.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(unfinished.every(({ tool }) => tool === 'pg_terminate')).toBe(true);
  }

  it('between the audit begin and the effect leaves nothing changed and an unknown outcome', async () => {
    await using state = await tempState();
    await using gate = await openGate(bed.server(), 'closed');
    const session = await target();
    const client = await open(state, gate.port);
    const args = await planned(client, session.pid);
    const asked = client.call('pg_terminate', args).catch(() => undefined);
    await until('the admin connection is wanted', () => gate.opened() > 0);
    client.server.kill('SIGKILL');
    await client.server.ended;
    await asked;
    expect(await isThere(session.pid)).toBe(true);
    const begins = (await eventsOf(state)).filter(({ type }) => type === 'call.begin');
    expect(begins).toHaveLength(1);
    await expectUnknown(
      state,
      begins.map(({ id }) => id),
    );
    await session.end();
  });

  it('between the effect and the audit end leaves the change made and an unknown outcome', async () => {
    await using state = await tempState();
    await using gate = await openGate(bed.server(), 'silent');
    const session = await target();
    const client = await open(state, gate.port);
    const asked = client.call('pg_terminate', await planned(client, session.pid)).catch(() => undefined);
    await until('the session has ended', async () => !(await isThere(session.pid)));
    client.server.kill('SIGKILL');
    await client.server.ended;
    await asked;
    const begins = (await eventsOf(state)).filter(({ type }) => type === 'call.begin');
    await expectUnknown(
      state,
      begins.map(({ id }) => id),
    );
    await session.end();
  });

  it('after the answer leaves a finished change', async () => {
    await using state = await tempState();
    const session = await target();
    const client = await open(state);
    expect(textOf(await client.call('pg_terminate', await planned(client, session.pid)))).toMatch(/^OK/);
    client.server.kill('SIGKILL');
    await client.server.ended;
    await expectUnknown(state, []);
    expect((await eventsOf(state)).find(({ type }) => type === 'call.end')?.outcome).toEqual({ result: 'success' });
    await session.end();
  });

  it('at any moment after a confirmed change was sent never loses or invents one', async () => {
    await using state = await tempState();
    const rounds = 24;
    const seen = { untouched: 0, unknown: 0, finished: 0 };
    const unknown: string[] = [];
    async function round(index: number): Promise<void> {
      const session = await target();
      const client = await open(state);
      const args = await planned(client, session.pid);
      const asked = client.call('pg_terminate', args).catch(() => undefined);
      await delay(index * 2.5 + Math.random() * 2.5);
      client.server.kill('SIGKILL');
      await client.server.ended;
      await asked;
      const events = (await eventsOf(state)).filter(({ target: list }) => list?.[0]?.id === String(session.pid));
      const begin = events.find(({ type }) => type === 'call.begin');
      const end = events.find(({ type }) => type === 'call.end');
      // A signal that is on its way arrives without its sender.
      if (begin !== undefined)
        await until('a signal has arrived', async () => !(await isThere(session.pid)), 500).catch(() => undefined);
      const alive = await isThere(session.pid);
      if (begin === undefined) expect([alive, end]).toEqual([true, undefined]);
      if (end !== undefined) expect([alive, end.outcome]).toEqual([false, { result: 'success' }]);
      if (begin === undefined) seen.untouched += 1;
      else if (end === undefined) {
        seen.unknown += 1;
        unknown.push(begin.id);
      } else seen.finished += 1;
      await session.end();
    }
    const left = Array.from({ length: rounds }, (_, index) => index);
    const worker = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await round(next);
    };
    await Promise.all([worker(), worker()]);
    expect(seen.untouched + seen.unknown + seen.finished).toBe(rounds);
    await expectUnknown(state, unknown);
  });
});
