import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCheck } from './checks.ts';
import { listPoints, sweepUnfinished } from './list-points.ts';
import type { PointFacts, StoredPoint } from './point.ts';
import { beginPoint, BusyStoreError } from './store.ts';

const never = new AbortController().signal;
const at = new Date('2026-11-25T20:00:00Z');
const begin = (store: string, id: number) => beginPoint(store, { now: at, random: Uint8Array.of(0, 0, id) });

describe('a folder of backups', () => {
  let store: string;
  beforeEach(async () => {
    store = await mkdtemp(join(tmpdir(), 'store-'));
  });
  afterEach(() => rm(store, { recursive: true }));

  const facts: PointFacts = {
    kind: 'dump',
    type: 'full',
    database: 'cinema',
    systemIdentifier: '1',
    major: 15,
    startedAt: at.toISOString(),
    finishedAt: at.toISOString(),
    consistentAt: at.toISOString(),
    tools: {},
    encrypted: false,
    gaps: [],
  };
  async function finished(id: number): Promise<StoredPoint> {
    const point = await begin(store, id);
    await writeFile(join(point.folder, 'globals.sql'), 'CREATE ROLE a;');
    return point.finish(facts, never);
  }

  it('takes one backup at a time, and the next when that is finished or given up', async () => {
    const first = await begin(store, 1);
    await expect(begin(store, 2)).rejects.toThrow(BusyStoreError);
    await first.abandon();
    await finished(2);
    await finished(3);
    expect((await listPoints(store)).points.map(({ point }) => point.id.slice(-6))).toEqual(['000003', '000002']);
    expect(await readdir(store)).toHaveLength(2);
  });

  it('is looked through for damage from the newest on, as far as is asked', async () => {
    for (const one of [await finished(1), await finished(2)]) await writeFile(join(one.folder, 'globals.sql'), '');
    const damaged = async (checked?: number) =>
      (await listPoints(store, checked)).points.map(({ damage }) => damage.length);
    expect([await damaged(), await damaged(1), await damaged(0)]).toEqual([
      [1, 1],
      [1, 0],
      [0, 0],
    ]);
  });

  it('is not held up by a backup whose writer is gone, and removes it', async () => {
    const left = join(store, '20261125T190000000Z-00000a.part');
    await mkdir(left);
    await writeFile(join(left, 'owner.json'), JSON.stringify({ pid: 1, startedTicks: '1', bootId: 'another' }));
    const unsigned = join(store, '20261125T190000000Z-00000b.part');
    await mkdir(unsigned);
    await utimes(unsigned, at, at);
    await finished(1);
    expect((await sweepUnfinished(store)).toSorted()).toEqual([left, unsigned]);
    expect((await listPoints(store)).unfinished).toEqual([]);
  });

  it('keeps what was looked at beside the backup, which is not changed by that', async () => {
    const { folder } = await finished(1);
    const check = { at: at.toISOString(), level: 4, result: 'faithful', why: '', recoveryMs: 4200 } as const;
    await addCheck(folder, check);
    await addCheck(folder, { ...check, result: 'different' });
    const [point] = (await listPoints(store)).points;
    expect(point?.damage).toEqual([]);
    expect(point?.checks.map(({ result }) => result)).toEqual(['faithful', 'different']);
    await writeFile(join(folder, 'checks.json'), '[{"at"');
    expect((await listPoints(store)).points[0]?.checks).toEqual([]);
    expect(await readdir(store)).toHaveLength(1);
  });
});
