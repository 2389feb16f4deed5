import {
  bytes,
  delta,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  percent,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { dailyTotals, itemsThen, sparkline, totalOf } from '../analysis/storage/history.ts';
import { mostPoints } from '../analysis/storage/forecast.ts';
import { storageItems, storageKindNames } from '../analysis/storage/items.ts';
import { judgeStorage } from '../analysis/storage/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { StorageReading } from '../model/storage.ts';
import { defineTool } from '../tool.ts';
import { spanInput, spanMs } from './span.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput, shownOf } from './paging.ts';
import { type KeptSnapshots, keptSnapshots, snapshotIfDue } from './snapshots.ts';

const day = 86_400_000;
const range = z.strictObject({ low: z.number(), middle: z.number(), high: z.number() });
const row = z.strictObject({
  name: outside(z.string()),
  bytes: z.number(),
  share: z.number(),
  change: z.number().optional().describe('bytes since then; absent = not kept'),
});

export const storage = defineTool({
  name: 'pg_storage',
  title: 'Storage and its growth',
  description:
    'What takes the room, what grew, and when the disk is full: sizes with their change since a kept snapshot, and a forecast with its 80 % interval from daily totals. Days to full need --capacity.',
  searchHint: 'postgres disk space size growth forecast capacity largest tables wal',
  risk: 'read',
  input: z.strictObject({
    by: z.enum(storageKindNames).default('database'),
    since: spanInput.default('7d').describe('what grew since: 12h, 7d'),
    horizonDays: z.int().min(7).max(365).default(90),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    notes: z.array(z.string()),
    trend: z.string().optional(),
    daily: z.array(z.strictObject({ day: z.string(), bytes: z.number() })),
    growthPerDay: range.optional(),
    atHorizon: range.optional(),
    daysToFull: range.partial().optional().describe('absent bound = not within a year'),
    rows: z.array(row),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    const kept = await keptSnapshots(call.state.store, await backend.facts(call.signal));
    const missed = await snapshotIfDue({ ...call, backend });
    const reading = await backend.storage(input.by, call.signal);
    const daily = dailyTotals(await momentsOf(kept, reading));
    const before = await snapshotNear(kept, reading.at - spanMs(input.since), reading.at);
    const report = judgeStorage(reading, { capacity: call.settings.capacity, horizonDays: input.horizonDays, daily });
    const then = before && itemsThen(input.by, before);
    const items = storageItems(reading, then);
    const { rows, total, cursor } = page(items, input);
    const { outlook } = report;
    return {
      ...findings({
        ...report,
        notExamined: [...report.notExamined, ...missed, ...(then === undefined ? [noEarlier] : [])],
        window: before === undefined ? 'now' : reading.at - before.at,
      }),
      notes: [...report.notes],
      ...(daily.length < 2 ? {} : { trend: sparkline(daily.map(({ y }) => y)) }),
      daily: daily.map(({ x, y }) => ({ day: new Date(x * day).toISOString().slice(0, 10), bytes: y })),
      ...(outlook === undefined ? {} : { growthPerDay: outlook.growth, atHorizon: outlook.at }),
      ...(outlook?.full === undefined ? {} : { daysToFull: finite(outlook.full) }),
      rows: rows.map((one) => ({ ...one })),
      total,
      ...(cursor === undefined ? {} : { cursor }),
    };
  },
  render(answer, { by }) {
    const [head = '', ...rest] = renderFindings(answer)
      .split('\n')
      .filter((line) => !line.startsWith('Next: '));
    const lines = [
      head,
      ...answer.notes,
      ...(answer.trend === undefined ? [] : [`Daily totals: ${answer.trend}`]),
      ...rest,
      '',
    ];
    const rows = answer.rows.map((one) => ({
      [by]: one.name,
      size: bytes(one.bytes),
      share: percent(one.share),
      change:
        one.change === undefined
          ? ''
          : `${one.change < 0 ? '−' : '+'}${bytes(Math.abs(one.change))} (${delta(one.bytes - one.change, one.bytes)})`,
    }));
    if (rows.length > 0) lines.push(table(rows, [by, 'size', 'share', 'change']));
    lines.push(...shownOf(answer.rows.length, answer));
    const next = by === 'wal' || by === 'slots' ? nextCall('pg_replication') : nextCall('pg_bloat');
    return [...lines, '', next].join('\n');
  },
});

const noEarlier = { what: 'what grew', why: 'no kept snapshot of about that time tells of it' };

/** Totals of the kept days that count, and of now. */
async function momentsOf(kept: KeptSnapshots, reading: StorageReading) {
  // A day has one entry; what the forecast would not look at is not read.
  const days = kept.entries.filter(({ slot, at }) => slot.startsWith('d') && at < reading.at).slice(-mostPoints);
  const snapshots = await Promise.all(days.map((entry) => kept.read(entry)));
  const all: readonly (Pick<Snapshot, 'at' | 'databases'> | undefined)[] = [...snapshots, reading];
  return all.flatMap((one) => {
    const total = one && totalOf(one);
    return one === undefined || total === undefined ? [] : [{ at: one.at, bytes: total }];
  });
}

async function snapshotNear(kept: KeptSnapshots, at: number, now: number): Promise<Snapshot | undefined> {
  const near = await kept.near(at, now);
  if (near !== undefined) return near;
  const [first] = kept.entries;
  return first !== undefined && first.at < now - 60_000 ? kept.read(first) : undefined;
}

function finite(full: { readonly low: number; readonly middle: number; readonly high: number }) {
  return Object.fromEntries(Object.entries(full).filter(([, value]) => Number.isFinite(value)));
}
