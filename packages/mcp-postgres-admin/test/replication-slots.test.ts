import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempState } from '@cinecom/mcp-core/testing';
import { describeWith, describeWithEachMajor } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openClient } from './support/client.ts';
import { ids, type ReplicationAnswer as Answer } from './support/replication-answer.ts';
import { makeStandbyOfNobody, untilTrue, writeWal } from './support/wal.ts';

const hour = 3_600_000;

describeWithEachMajor(
  'pg_replication reads',
  (bed, major) => {
    it('slots of both kinds of a primary, and since when nobody reads them', async () => {
      await bed.server().query(`SELECT pg_create_physical_replication_slot('kyoto', true)`);
      await bed.server().query(`SELECT pg_create_logical_replication_slot('cdc', 'pgoutput')`);
      await writeWal(bed.server(), 15);
      await using client = await openClient(bed.server().superuserUrl());
      const answer = await client.data<Answer>('pg_replication');
      expect(ids(answer)).toEqual(['info slot_inactive slot cdc', 'info slot_inactive slot kyoto']);
      expect(answer.slots.map(({ slot, kind, active, walStatus }) => [slot, kind, active, walStatus])).toEqual([
        ['cdc', 'logical', false, 'reserved'],
        ['kyoto', 'physical', false, 'reserved'],
      ]);
      for (const slot of answer.slots) {
        expect(slot.keeps).toBeGreaterThan(15e6);
        expect(slot.inactiveMs !== undefined).toBe(major >= 17);
      }
      await bed.server().query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots');
    });

    it('what a standby says of itself', async () => {
      await makeStandbyOfNobody(bed.server());
      await using client = await openClient(bed.server().superuserUrl());
      const answer = await client.data<Answer>('pg_replication');
      expect(ids(answer)).toEqual(['warning no_wal_receiver this standby']);
      expect(answer.servers).toMatchObject([
        { role: 'standby', receiver: 'none', replay: 'runs', timeline: 1, waiting: 0 },
      ]);
      await bed.server().query('SELECT pg_wal_replay_pause()');
      const paused = await client.data<Answer>('pg_replication');
      expect(ids(paused)).toContain('warning replay_paused this standby');
      const overview = await client.ask('pg_overview', { checks: ['replication'] });
      expect(overview).toContain('no_wal_receiver');
    });
  },
  { control: true, settings: { wal_level: 'logical' } },
);

const small = { max_slot_wal_keep_size: '16MB', max_wal_size: '32MB', min_wal_size: '32MB' };

describeWith({ major: 15, settings: small }, 'a slot that may keep 16 MB', (bed) => {
  it('is about to be lost past that, lost at the next checkpoint, and its consumer to be rebuilt', async () => {
    await bed.server().query(`SELECT pg_create_physical_replication_slot('kyoto', true)`);
    await using client = await openClient(bed.server().superuserUrl());
    const fresh = await client.data<Answer>('pg_replication');
    await writeWal(bed.server(), 40);
    const status = (...wanted: readonly string[]) =>
      untilTrue(
        bed.server(),
        `SELECT wal_status IN (${wanted.map((one) => `'${one}'`).join(', ')}) AS yes FROM pg_replication_slots`,
      );
    await status('unreserved', 'lost');
    const [row] = await bed.server().query<{ status: string }>('SELECT wal_status AS status FROM pg_replication_slots');
    const past = await client.data<Answer>('pg_replication');
    await bed.server().query('CHECKPOINT');
    await status('lost');
    const text = await client.ask('pg_replication');
    expect(fresh.verdict).toBe('ok');
    expect(ids(past)).toEqual([
      row?.status === 'lost' ? 'critical slot_lost slot kyoto' : 'critical slot_about_to_be_lost slot kyoto',
    ]);
    expect(text).toContain('Rebuild the standby');
    expect(text).toContain('Next: pg_change {"action":"drop_slot","object":"kyoto"}');
  });
});

describeWith(
  { major: 15, settings: { max_slot_wal_keep_size: '2GB' } },
  'the time until a slot meets its limit',
  (bed) => {
    it('is not told before an hour of snapshots, then from their WAL rate', async () => {
      await bed.server().query(`SELECT pg_create_physical_replication_slot('kyoto', true)`);
      await writeWal(bed.server(), 20);
      await using state = await tempState();
      await using client = await openClient(bed.server().superuserUrl(), { env: state.env });
      await client.ask('pg_overview');
      const before = await client.data<Answer>('pg_replication');
      await ageSnapshots(state.dir, 10 * hour);
      const [row] = await bed
        .server()
        .query<{ bytes: number; safe: number }>(
          `SELECT (pg_current_wal_lsn() - '0/0')::float8 AS bytes, safe_wal_size::float8 AS safe FROM pg_replication_slots`,
        );
      const after = await client.data<Answer>('pg_replication');
      expect(before.slots[0]?.limitInMs).toBeUndefined();
      expect(before.notExamined.map(({ why }) => why).join()).toContain('insufficient data');
      expect(after.slots[0]?.limit).toBe('max_slot_wal_keep_size');
      // The snapshot was made to say that no WAL was there ten hours ago.
      const expected = (row?.safe ?? 0) / ((row?.bytes ?? 1) / (10 * hour));
      expect((after.slots[0]?.limitInMs ?? 0) / expected).toBeCloseTo(1, 2);
      expect(await client.ask('pg_replication')).toMatch(/WAL written: .* a day\./);
    });

    it('is that of the disk where slots keep WAL without limit', async () => {
      await bed.server().query(`ALTER SYSTEM SET max_slot_wal_keep_size = -1`);
      await bed.server().query('SELECT pg_reload_conf()');
      await untilTrue(bed.server(), `SELECT current_setting('max_slot_wal_keep_size') = '-1' AS yes`);
      await using state = await tempState();
      const open = (...argv: readonly string[]) => openClient(bed.server().superuserUrl(), { env: state.env, argv });
      await using unknown = await open();
      await unknown.ask('pg_overview');
      await ageSnapshots(state.dir, 10 * hour);
      await using known = await open('--capacity', '100000000000');
      const without = await unknown.data<Answer>('pg_replication');
      const within = await known.data<Answer>('pg_replication');
      expect(without.slots[0]?.limit).toBeUndefined();
      expect(without.findings[0]?.evidence).toContain('--capacity is not given');
      expect(within.slots[0]?.limit).toBe('disk');
      expect(within.slots[0]?.limitInMs).toBeGreaterThan(0);
    });
  },
);

/** Makes every kept snapshot this much older, and its WAL none. */
async function ageSnapshots(folder: string, ms: number): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((one) => /snap-[^/]*\.json$/.test(one))) {
    const path = join(folder, name);
    const json = JSON.parse(await readFile(path, 'utf8')) as { at: number }[] | { at: number; walBytes?: number };
    const older = Array.isArray(json)
      ? json.map((entry) => ({ ...entry, at: entry.at - ms }))
      : { ...json, at: json.at - ms, walBytes: 0 };
    await writeFile(path, JSON.stringify(older));
  }
}
