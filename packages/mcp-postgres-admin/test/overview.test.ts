import { fillConnections, holdIdleTransaction, holdLockChain, seedCinema } from '@cinecom/testbed';
import { describeWith, describeWithEachMajor, type PostgresBed } from '@cinecom/testbed/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { openClient } from './support/client.ts';
import { normalise } from './support/normalise.ts';

interface Report {
  readonly verdict: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly object: string;
    readonly evidence: string;
  }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly window: string;
}

describeWithEachMajor(
  'pg_overview',
  (bed) => {
    beforeAll(async () => {
      await seedCinema(bed.server(), { database: bed.database(), scale: 0.01 });
      await untilCounted(bed);
    });

    it('finds the planted faults and nothing on healthy sequences', async () => {
      await using client = await openClient(bed.url());
      const { findings, verdict } = await client.data<Report>('pg_overview');
      expect(verdict).toBe('critical');
      const ids = findings.map((one) => `${one.id} ${one.object}`);
      expect(ids).toEqual(
        expect.arrayContaining(['sequence_exhausted_soon public.daily_closings_id_seq', 'setting_fsync fsync']),
      );
      expect(findings.find((one) => one.id === 'vacuum_queue')?.evidence).toContain('public.seat_holds_1');
      expect(findings.filter((one) => one.id.startsWith('sequence'))).toHaveLength(1);
    });

    it('sees who blocks, and names the tool that shows it', async () => {
      const chain = await holdLockChain(bed.server(), { database: bed.database() });
      await using client = await openClient(bed.url());
      const text = await client.ask('pg_overview', { checks: ['locks'] });
      await chain.end();
      expect(text).toMatch(/lock_waits\|`2 sessions`/);
      expect(text).toContain('Next: pg_locks {}');
    });

    it('says what a role without rights cannot see, with the grant', async () => {
      const url = await bed.server().createRole('mcp_blind', { attributes: ['LOGIN'] });
      await using client = await openClient(bed.server().url('mcp_blind', bed.database()));
      expect(url).toContain('mcp_blind');
      const { notExamined } = await client.data<Report>('pg_overview');
      const whys = notExamined.map((one) => one.why).join('\n');
      expect(whys).toContain('GRANT pg_monitor TO mcp_blind');
      await client[Symbol.asyncDispose]();
      await bed.server().dropRole('mcp_blind');
    });
  },
  { majors: [13, 15, 18], control: true },
);

describeWith({ major: 15 }, 'the whole answer of pg_overview', (bed) => {
  beforeAll(() => seedCinema(bed.server(), { database: bed.database(), scale: 0.01 }));

  it('reads from the verdict down', async () => {
    await using client = await openClient(bed.url());
    const answer = await client.ask('pg_overview', { checks: ['sequences', 'settings', 'backup'] });
    expect(normalise(answer)).toMatchInlineSnapshot(`
      "CRITICAL: 2 critical, 0 warnings, 1 note; first sequence_exhausted_soon
      PostgreSQL <version>, primary, up <duration>, local
      Score 20 of 100, without backup
      Window: now, <time>

      |severity|id|object|evidence vs threshold|fix|
      |-|-|-|-|-|
      |critical|sequence_exhausted_soon|\`public.daily_closings_id_seq\`|\`2.04 % of smallint public.daily_closings.id left, last value 32,100\` vs 5 %|Change the column, and every column that refers to it, to bigint|
      |critical|setting_fsync|\`fsync\`|\`off: a crash of the machine destroys the data\` vs on|ALTER SYSTEM SET fsync = on, then reload|
      |info|setting_idle_in_transaction_session_timeout|\`idle_in_transaction_session_timeout\`|\`0: a forgotten transaction stays open for ever\` vs over 0|ALTER SYSTEM SET idle_in_transaction_session_timeout = '10min', then reload|

      Not examined: backups and restore tests (SQL cannot see them, and no backup store is configured)

      Next: pg_top_queries {"by":"total"}"
    `);
  });

  it('takes differences once a snapshot is there', async () => {
    await using client = await openClient(bed.url());
    expect((await client.data<Report>('pg_overview')).window).toMatch(/^now, /);
    const second = await client.data<Report>('pg_overview');
    expect(second.window).toMatch(/^now and since /);
    expect(second.notExamined.map((one) => one.what)).not.toContain('changes over time');
  });
});

describe('own checks of a settings file', () => {
  describeWith({ major: 15 }, 'on a real server', (bed) => {
    it('compare the first value, and are as read-only as any free SQL', async () => {
      const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
      const folder = await mkdtemp('/tmp/cinecom-checks-');
      const checks = [
        { name: 'shops', sql: 'SELECT 12', expect: 12 },
        { name: 'open orders', sql: 'SELECT 3', expect: 0 },
        { name: 'writes', sql: 'CREATE TABLE made_by_a_check ()', expect: 0 },
      ];
      await writeFile(`${folder}/settings.json`, JSON.stringify({ checks }));
      await using client = await openClient(bed.url(), { argv: ['--settings', `${folder}/settings.json`] });
      const { findings } = await client.data<Report>('pg_overview', { checks: ['own'] });
      expect(findings.map((one) => [one.object, one.evidence])).toEqual([
        ['open orders', 'returned 3'],
        ['writes', expect.stringContaining('refused by rule')],
      ]);
      await rm(folder, { recursive: true });
    });
  });
});

describeWith(
  { major: 15, settings: { max_connections: '12', superuser_reserved_connections: '3' } },
  'a server at its limit',
  (bed) => {
    const role = 'cinema_app';
    beforeAll(() => bed.server().createRole(role, { grants: ['pg_monitor'] }));
    const url = () => bed.server().url(role, bed.database());
    const slots = 9;

    it('is examined over the connection that was kept', async () => {
      await using client = await openClient(url());
      await client.ask('pg_overview');
      const open = await bed
        .server()
        .query<{ free: number }>(
          `SELECT ${slots} - count(*)::int AS free FROM pg_stat_activity WHERE usename = '${role}'`,
        );
      const leak = await fillConnections(bed.server(), open[0]?.free ?? 0, { role });
      const { findings } = await client.data<Report>('pg_overview');
      const answers = await Promise.all([
        client.ask('pg_activity'),
        client.ask('pg_locks'),
        client.ask('pg_activity', { groupBy: 'app' }),
      ]);
      await leak.end();
      expect(findings).toContainEqual(expect.objectContaining({ id: 'connections_saturated', severity: 'critical' }));
      expect(answers[2]).toContain('`cinema-web`');
    });

    it('is a critical finding even before the first connection', async () => {
      const leak = await fillConnections(bed.server(), slots, { role });
      await using client = await openClient(url());
      const report = await client.data<Report>('pg_overview');
      const refused = await client.refusal('pg_activity');
      await leak.end();
      expect(report).toMatchObject({ verdict: 'critical', findings: [{ id: 'connections_full' }] });
      expect(refused).toMatchObject({ code: 'backend_unreachable', text: expect.stringContaining('53300') });
      await expect.poll(() => client.refusal('pg_activity')).toMatchObject({ code: 'none' });
    });

    it('tells a forgotten transaction from an idle connection', async () => {
      const forgotten = await holdIdleTransaction(bed.server(), { role });
      await using client = await openClient(url());
      const answer = await client.ask('pg_activity', { state: 'idle in transaction' });
      await forgotten.end();
      expect(answer).toContain(`|${forgotten.pid}|`);
    });
  },
);

/** Before 15 the statistics arrive some time after the change. */
async function untilCounted(bed: PostgresBed): Promise<void> {
  const counted = 'SELECT count(*)::int AS tables FROM pg_stat_user_tables WHERE n_dead_tup >= 800';
  for (;;) {
    const [row] = await bed.server().query<{ tables: number }>(counted, [], bed.database());
    if ((row?.tables ?? 0) >= 8) return;
    await new Promise(setImmediate);
  }
}
