import { openSession, type PostgresServer, startPostgres, startStandby } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient } from './support/client.ts';
import { ids, type ReplicationAnswer as Answer } from './support/replication-answer.ts';
import { untilHas, untilTrue, writeWal } from './support/wal.ts';

const standbyName = 'Tokyo "2"';

describeWith({ major: 15, prefer: 'debian', control: true }, 'pg_replication on a cluster of three', (bed) => {
  let tokyo: PostgresServer;
  let osaka: PostgresServer;
  beforeAll(async () => {
    tokyo = await startStandby(bed.server(), { name: standbyName, slot: 'tokyo' });
    osaka = await startStandby(tokyo, { name: 'osaka', slot: 'osaka' });
    await untilTrue(tokyo, `SELECT count(*) = 1 AS yes FROM pg_stat_replication WHERE state = 'streaming'`);
    await bed.server().query('CREATE TABLE seen (id int)');
  });
  afterAll(async () => {
    await osaka?.stop();
    await tokyo?.stop();
  });
  const addressOf = (server: PostgresServer) => `127.0.0.1:${server.port}`;
  const openAt = (server: PostgresServer, ...listed: readonly PostgresServer[]) =>
    openClient(
      server.superuserUrl(),
      listed.length === 0 ? {} : { env: { PG_STANDBYS: listed.map((one) => one.superuserUrl()).join(',') } },
    );
  const primary = () => bed.server();

  it('finds nothing wrong while the primary writes and all keep pace', async () => {
    await using client = await openAt(primary(), tokyo, osaka);
    const end = new AbortController();
    const writing = writeUntil(primary(), end.signal, true);
    const answers: Answer[] = [];
    while (answers.length < 5) answers.push(await client.data<Answer>('pg_replication'));
    end.abort();
    const written = await writing;
    expect(written).toBeGreaterThan(1);
    for (const one of answers) expect(one).toMatchObject({ verdict: 'ok', findings: [], notExamined: [] });
    await untilHas(primary(), osaka, 'replay');
    const answer = await client.data<Answer>('pg_replication');
    expect(answer.senders.map(({ from, standby, state, slot }) => [from, standby, state, slot])).toEqual([
      ['this server', standbyName, 'streaming', 'tokyo'],
      [addressOf(tokyo), 'osaka', 'streaming', 'osaka'],
    ]);
    expect(answer.servers.map(({ server, role, receiver, replay }) => [server, role, receiver, replay])).toEqual([
      ['this server', 'primary', '', ''],
      [addressOf(tokyo), 'standby', 'streaming', 'runs'],
      [addressOf(osaka), 'standby', 'streaming', 'runs'],
    ]);
    expect(new Set(answer.servers.map(({ systemId, timeline }) => `${systemId} ${timeline}`)).size).toBe(1);
  });

  it('takes an idle primary for what it is, from either side', async () => {
    await untilHas(primary(), tokyo, 'replay');
    const idle = `SELECT clock_timestamp() - pg_last_xact_replay_timestamp() > interval '1.2 s' AS yes`;
    await untilTrue(tokyo, idle);
    await using above = await openAt(primary(), tokyo);
    await using below = await openAt(tokyo);
    expect(await above.data<Answer>('pg_replication')).toMatchObject({ verdict: 'ok', findings: [] });
    expect(await below.data<Answer>('pg_replication')).toMatchObject({ verdict: 'ok', findings: [] });
    expect(await below.ask('pg_overview', { checks: ['replication'] })).toMatch(/^OK/);
  });

  it('does not take a long transaction for a lag, though the last one that ended is long ago', async () => {
    await using client = await openAt(tokyo);
    const end = new AbortController();
    const writing = writeUntil(primary(), end.signal, false);
    await untilTrue(tokyo, `SELECT clock_timestamp() - pg_last_xact_replay_timestamp() > interval '1.2 s' AS yes`);
    const answers: Answer[] = [];
    while (answers.length < 10) answers.push(await client.data<Answer>('pg_replication'));
    end.abort();
    await writing;
    for (const one of answers) expect(one).toMatchObject({ verdict: 'ok', findings: [] });
  });

  it('reads a paused replay as behind by bytes, from whichever host is asked', async () => {
    await tokyo.query('SELECT pg_wal_replay_pause()');
    await writeWal(primary(), 60);
    await untilHas(primary(), tokyo, 'receive');
    await untilHas(primary(), osaka, 'replay');
    await untilTrue(primary(), 'SELECT flush_lsn - replay_lsn > 60000000 AS yes FROM pg_stat_replication');
    await using alone = await openAt(primary());
    await using above = await openAt(primary(), tokyo, osaka);
    await using below = await openAt(tokyo);
    const [fromPrimary, fromAll, fromStandby] = [
      await alone.data<Answer>('pg_replication'),
      await above.data<Answer>('pg_replication'),
      await below.data<Answer>('pg_replication'),
    ];
    const overview = await below.ask('pg_overview', { checks: ['replication'] });
    const text = await above.ask('pg_replication');
    await tokyo.query('SELECT pg_wal_replay_resume()');
    expect(ids(fromPrimary)).toEqual([`info replica_lag standby ${standbyName}`]);
    expect(fromPrimary.senders[0]?.replay).toBeGreaterThan(60e6);
    expect(fromPrimary.senders[0]?.replay).toBeLessThan(70e6);
    expect(fromPrimary.notExamined.map((one) => one.why).join()).toContain('--standbys');
    expect(ids(fromAll)).toEqual([
      `warning replay_paused standby ${addressOf(tokyo)}`,
      `info replica_lag standby ${standbyName}`,
    ]);
    expect(ids(fromStandby)).toEqual(['warning replay_paused this standby']);
    expect(fromStandby.findings[0]?.evidence).toMatch(/^replay is paused, 6\d(\.\d)? MB not replayed$/);
    expect(overview).toContain('replay_paused');
    expect(overview).toContain('Next: pg_replication {}');
    expect(text).toContain(`|this server|\`${standbyName}\`|`);
  });

  it('is behind no more once replay goes on', async () => {
    await untilHas(primary(), osaka, 'replay');
    await untilTrue(primary(), 'SELECT pg_current_wal_lsn() - replay_lsn < 1000000 AS yes FROM pg_stat_replication');
    await using client = await openAt(primary(), tokyo, osaka);
    expect((await client.data<Answer>('pg_replication')).verdict).toBe('ok');
  });

  it('takes a delay for a purpose, and shows it', async () => {
    await tokyo.query(`ALTER SYSTEM SET recovery_min_apply_delay = '1h'`);
    await tokyo.query('SELECT pg_reload_conf()');
    await untilTrue(tokyo, `SELECT current_setting('recovery_min_apply_delay') = '1h' AS yes`);
    await primary().query('INSERT INTO seen VALUES (1)');
    await writeWal(primary(), 15);
    await untilHas(primary(), tokyo, 'receive');
    await untilTrue(primary(), 'SELECT flush_lsn - replay_lsn > 15000000 AS yes FROM pg_stat_replication');
    await using client = await openAt(primary(), tokyo);
    const { findings, servers } = await client.data<Answer>('pg_replication');
    await tokyo.query('ALTER SYSTEM RESET recovery_min_apply_delay');
    await tokyo.query('SELECT pg_reload_conf()');
    await untilHas(primary(), tokyo, 'replay');
    expect(findings).toEqual([]);
    expect(servers[1]).toMatchObject({ delayMs: 3_600_000 });
    expect(servers[1]?.waiting).toBeGreaterThan(15e6);
  });

  it('counts the sessions that replay cancelled', async () => {
    await tokyo.query(`ALTER SYSTEM SET max_standby_streaming_delay = '10ms'`);
    await tokyo.query('SELECT pg_reload_conf()');
    const reading = tokyo.query('SELECT count(*), pg_sleep(20) FROM seen').catch((error: unknown) => String(error));
    await untilTrue(tokyo, `SELECT count(*) = 1 AS yes FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
    await primary().query('DROP TABLE seen');
    expect(await reading).toContain('conflict with recovery');
    await untilTrue(tokyo, 'SELECT sum(confl_lock) = 1 AS yes FROM pg_stat_database_conflicts');
    await using client = await openAt(tokyo);
    const { servers, verdict } = await client.data<Answer>('pg_replication');
    expect([servers[0]?.conflicts, verdict]).toEqual(['postgres: 1 lock', 'ok']);
  });

  it('finds commits that wait for a synchronous standby that is not there', async () => {
    const set = async (names: string, commit: string) => {
      await primary().query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
      await primary().query(`ALTER SYSTEM SET synchronous_commit = '${commit}'`);
      await primary().query('SELECT pg_reload_conf()');
      await untilTrue(primary(), `SELECT current_setting('synchronous_standby_names') = '${names}' AS yes`);
    };
    await using client = await openAt(primary());
    await set('kyoto', 'on');
    const missing = await client.data<Answer>('pg_replication');
    await set('ANY 1 ("Tokyo ""2""", kyoto)', 'on');
    await untilTrue(primary(), `SELECT sync_state = 'quorum' AS yes FROM pg_stat_replication`);
    const there = await client.data<Answer>('pg_replication');
    await set('', 'off');
    expect(ids(missing)).toEqual(['critical synchronous_standby_missing synchronous_standby_names']);
    expect(missing.synchronous).toBe('kyoto (synchronous_commit on)');
    expect(there.findings).toEqual([]);
  });

  it('says what a role without rights cannot see, and does not call it healthy', async () => {
    await primary().createRole('mcp_blind');
    await untilHas(primary(), tokyo, 'replay');
    await using above = await openClient(primary().url('mcp_blind'));
    await using below = await openClient(tokyo.url('mcp_blind'));
    const answers = [await above.data<Answer>('pg_replication'), await below.data<Answer>('pg_replication')];
    await primary().dropRole('mcp_blind');
    for (const { verdict, findings, notExamined } of answers) {
      expect([verdict, findings]).toEqual(['unknown', []]);
      expect(notExamined[0]?.why).toContain('GRANT pg_monitor');
    }
  });

  it('tells a listed server of another cluster from a standby', async () => {
    const foreign = await startPostgres({ major: 15, prefer: 'debian', fresh: true });
    await using client = await openAt(primary(), foreign);
    const answer = await client.data<Answer>('pg_replication');
    const where = addressOf(foreign);
    await foreign.stop();
    expect(ids(answer)).toEqual([`critical standby_other_cluster standby ${where}`]);
    expect(answer.servers[1]?.role).toBe('another cluster');
  });

  it('is open about a standby that does not answer, and about one that is the connection itself', async () => {
    await using client = await openClient(primary().superuserUrl(), {
      env: { PG_STANDBYS: `postgresql://postgres@127.0.0.1:1/postgres,${primary().superuserUrl()}` },
    });
    const answer = await client.data<Answer>('pg_replication');
    expect(answer.verdict).toBe('unknown');
    expect(answer.notExamined.map(({ what }) => what)).toEqual([
      'standby 127.0.0.1:1',
      `standby ${addressOf(primary())}`,
    ]);
    expect(answer.notExamined[0]?.why).toContain('refuses connections');
  });

  it('finds a standby that is cut off, from both sides', async () => {
    await tokyo.query(`ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1 user=postgres'`);
    await tokyo.query('SELECT pg_reload_conf()');
    await untilTrue(primary(), 'SELECT count(*) = 0 AS yes FROM pg_stat_replication');
    await writeWal(primary(), 60);
    await using above = await openAt(primary(), tokyo);
    await using below = await openAt(tokyo);
    const [fromPrimary, fromStandby] = [
      await above.data<Answer>('pg_replication'),
      await below.data<Answer>('pg_replication'),
    ];
    await tokyo.query('ALTER SYSTEM RESET primary_conninfo');
    expect(ids(fromPrimary)).toEqual([
      `warning no_wal_receiver standby ${addressOf(tokyo)}`,
      'info slot_inactive slot tokyo',
      `info standby_lag standby ${addressOf(tokyo)}`,
    ]);
    expect(fromPrimary.slots[0]).toMatchObject({ slot: 'tokyo', active: false, walStatus: 'reserved' });
    expect(fromPrimary.slots[0]?.keeps).toBeGreaterThan(60e6);
    expect(ids(fromStandby)).toEqual(['warning no_wal_receiver this standby']);
  });

  it('finds a standby that was promoted, and one that followed it', async () => {
    await tokyo.query('SELECT pg_promote()');
    await untilTrue(osaka, 'SELECT received_tli = 2 AS yes FROM pg_stat_wal_receiver');
    await using client = await openAt(primary(), tokyo, osaka);
    const answer = await client.data<Answer>('pg_replication');
    expect(ids(answer).filter((one) => one.startsWith('critical'))).toEqual([
      `critical second_primary standby ${addressOf(tokyo)}`,
      `critical standby_other_timeline standby ${addressOf(osaka)}`,
    ]);
    expect(answer.servers.map(({ timeline }) => timeline)).toEqual([1, 2, 2]);
  });
});

/** Inserts rows a hundred at a time, each time committed or all in one transaction. @returns how often */
async function writeUntil(server: PostgresServer, signal: AbortSignal, commits: boolean): Promise<number> {
  const session = await openSession(server, {});
  let written = 0;
  if (!commits) await session.client.query('BEGIN');
  for (; !signal.aborted; written += 1) {
    await session.client.query('INSERT INTO seen SELECT generate_series(1, 100)');
    // no faster than a busy standby replays: lag by bytes is what other tests are about
    await session.client.query('SELECT pg_sleep(0.002)');
  }
  await session.end();
  return written;
}
