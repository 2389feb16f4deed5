import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { fillConnections, type ShutdownMode, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { errorOf, textOf } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BinaryClient, openBinary, until } from './support/binary.ts';

const endless = 'SELECT count(*) AS endless FROM generate_series(1, 10000000000)';
const modes = ['fast', 'immediate', 'kill'] as const satisfies readonly ShutdownMode[];

interface Network extends AsyncDisposable {
  readonly port: number;
  /** From now on what is open carries nothing any more, and nobody is told; new connections work. */
  swallow(): void;
}

/** A network between the server under test and the database. */
async function openNetwork(to: { readonly host: string; readonly port: number }): Promise<Network> {
  const sockets = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(to.port, to.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    swallow() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

describeWith({ control: true, settings: { max_connections: '12' } }, 'a database that goes away', (bed) => {
  let reader: string;
  let client: BinaryClient;
  beforeAll(async () => {
    reader = uniqueName('reader');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    client = await openBinary(bed.server().url(reader, bed.database()), { argv: ['--timeout', '3'] });
  });
  afterAll(() => client[Symbol.asyncDispose]());

  const works = async (of = client): Promise<void> => {
    expect(await of.ask('pg_query', { sql: 'SELECT 6 * 7 AS answer' })).toContain('|42|');
  };
  const isRunning = async (): Promise<boolean> =>
    (
      await bed
        .server()
        .query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'active' AND query LIKE '%endless%'", [
          reader,
        ])
    ).length > 0;

  it('is told as such while it is down, and the first call after it is up works', async () => {
    await works();
    await bed.server().down();
    for (const [tool, args] of [
      ['pg_query', { sql: 'SELECT 1' }],
      ['pg_overview', {}],
      ['pg_locks', {}],
      ['pg_activity', {}],
      ['pg_explain', { sql: 'SELECT 1' }],
    ] as const) {
      expect(await client.refusal(tool, args)).toMatchObject({
        code: 'backend_unreachable',
        text: expect.stringContaining(`127.0.0.1:${bed.server().port}`),
      });
    }
    await bed.server().up();
    await works();
  });

  it('is told as such by a server started meanwhile, which tries again when it said it would', async () => {
    await bed.server().down();
    await using late = await openBinary(bed.server().url(reader, bed.database()));
    const failed = await late.call('pg_query', { sql: 'SELECT 1' });
    expect(errorOf(failed)).toMatchObject({ code: 'backend_unreachable', retryable: true });
    await bed.server().up();
    const waitMs = errorOf(await late.call('pg_query', { sql: 'SELECT 1' }))?.retryAfterMs ?? 0;
    expect(waitMs).toBeLessThanOrEqual(1000);
    await until('an answer', async () => (await late.call('pg_query', { sql: 'SELECT 1' })).isError !== true, 2000);
  });

  it.each(modes)('costs no call when it restarts between two (%s)', async (mode) => {
    await works();
    // More than one connection is kept for a while: all of them are dead afterwards.
    await Promise.all([works(), works(), works()]);
    await bed.server().restart(mode);
    await Promise.all([works(), works(), works()]);
    expect(await client.ask('pg_overview')).toMatch(/^(OK|WARNING|CRITICAL|UNKNOWN)/);
  });

  it.each(modes)('ends the call that runs when it restarts, and the next one works (%s)', async (mode) => {
    const during = client.call('pg_query', { sql: endless });
    await until('the statement runs', isRunning);
    await bed.server().restart(mode);
    const answer = await during;
    expect([errorOf(answer)?.code, textOf(answer)]).toEqual([
      'backend_unreachable',
      expect.stringMatching(/closed the connection|starting, stopping/),
    ]);
    await works();
  });

  it('that stops answering ends calls at their own time limit, and is used again once it answers', async () => {
    await works();
    bed.server().pause();
    // One takes the kept connection, the others want new ones.
    const refused = await Promise.all(
      ['pg_query', 'pg_locks', 'pg_overview', 'pg_activity'].map(async (tool) =>
        client.refusal(tool, tool === 'pg_query' ? { sql: 'SELECT 1' } : {}),
      ),
    );
    bed.server().resume();
    for (const { code, text } of refused)
      expect([code, text]).toEqual(['timeout', expect.stringContaining('within 3 s')]);
    await works();
    expect(await client.ask('pg_overview')).toMatch(/^(OK|WARNING|CRITICAL|UNKNOWN)/);
  });

  it('stops answering in the middle of a statement without holding up the calls after it', async () => {
    const during = client.refusal('pg_query', { sql: endless });
    await until('the statement runs', isRunning);
    bed.server().pause();
    expect(await during).toMatchObject({ code: 'timeout' });
    bed.server().resume();
    await works();
    await until('the statement has ended on the server', async () => !(await isRunning()));
  });

  it('behind a network that swallows all packets of open connections is reached by new ones', async () => {
    await using network = await openNetwork(bed.server());
    const url = new URL(bed.server().url(reader, bed.database()));
    url.port = String(network.port);
    await using far = await openBinary(url.href, { argv: ['--timeout', '3'] });
    await Promise.all([works(far), works(far), works(far)]);
    network.swallow();
    // Each of the pool's three connections is dead and does not know.
    const again = [1, 2, 3].map(async () => far.call('pg_query', { sql: 'SELECT 1' }));
    for (const answer of await Promise.all(again)) expect(textOf(answer)).toMatch(/^OK/);
  });

  it('that is full is critical for the overview, and other calls say so', async () => {
    const open = async () =>
      Number(
        (
          await bed
            .server()
            .query<{ count: string }>("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
        )[0]?.count,
      ) - 1;
    // The server under test was here before it became full; the other comes too late.
    await works();
    const filler = uniqueName('filler');
    await bed.server().createRole(filler);
    const held = await fillConnections(bed.server(), 12 - 3 - (await open()), { role: filler });
    await using late = await openBinary(bed.server().url(reader, bed.database()));
    const overview = await late.ask('pg_overview');
    expect(overview).toMatch(/^CRITICAL: .*full/);
    expect(overview).toContain('connections_full');
    expect(await late.refusal('pg_locks')).toMatchObject({
      code: 'backend_unreachable',
      text: expect.stringContaining('53300'),
    });
    expect(await client.ask('pg_overview')).toMatch(/^CRITICAL[^]*connections/);
    await Promise.all([works(), works(), works()]);
    expect(await client.ask('pg_activity', { groupBy: 'user' })).toContain(filler);
    await held.end();
    await until('a free connection', async () => (await open()) < 9);
    await works(late);
    await bed.server().dropRole(filler);
  });
});
