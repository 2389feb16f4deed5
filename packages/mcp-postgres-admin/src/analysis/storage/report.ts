import { bytes, counted, type Finding, type NotExamined } from '@cinecom/mcp-core';
import type { Point } from '@cinecom/mcp-core/stats';
import { isRead } from '../../model/part.ts';
import type { StorageReading } from '../../model/storage.ts';
import { judgeFilling } from '../overview/storage.ts';
import { shortest } from './change-point.ts';
import { type Forecast, forecast, type Range } from './forecast.ts';
import { totalOf } from './history.ts';

/** Full within so many days, by the early bound. */
const soon = { critical: 7, warning: 30, info: 90 } as const;
const longestHorizon = 365;

export interface StorageReport {
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
  readonly notes: readonly string[];
  readonly total: number | undefined;
  readonly outlook: { readonly growth: Range; readonly at: Range; readonly full: Range | undefined } | undefined;
}

export interface StorageContext {
  /** Bytes of the data disk. */
  readonly capacity: number | undefined;
  readonly horizonDays: number;
  /** Today's among them. */
  readonly daily: readonly Point[];
}

/** What is used, where it goes, and when the disk is full. */
export function judgeStorage(reading: StorageReading, { capacity, horizonDays, daily }: StorageContext): StorageReport {
  const total = totalOf(reading);
  const wal = isRead(reading.wal) ? reading.wal.value.bytes : 0;
  const found = forecast(daily, { horizonDays: longestHorizon });
  const full = found && capacity !== undefined ? found.daysTo(capacity - wal) : undefined;
  const outlook = found && { growth: found.slope, at: found.at(horizonDays), full };
  const used = total === undefined ? undefined : total + wal;
  return {
    summary: summaryOf(total, wal, found, full),
    findings: [
      ...(used === undefined || capacity === undefined ? [] : judgeFilling(used, capacity, 'databases and WAL')),
      ...(full === undefined || found === undefined ? [] : filling(full, found)),
    ],
    notExamined: missing(reading, { capacity, daily }),
    notes: [...forecastNotes(found, horizonDays, full), ...walNotes(reading)],
    total,
    outlook,
  };
}

function summaryOf(
  total: number | undefined,
  wal: number,
  found: Forecast | undefined,
  full: Range | undefined,
): string {
  const size = total === undefined ? 'databases of unknown size' : `databases ${bytes(total)}, WAL ${bytes(wal)}`;
  if (found === undefined) return `${size}; growth: insufficient data`;
  const { low, high } = found.slope;
  const when = full === undefined ? '' : `; full ${fullWords(full)}`;
  return `${size}; growth ${signed(low)} to ${signed(high)} a day${when}`;
}

function filling(full: Range, { points }: Forecast): readonly Finding[] {
  const severity =
    full.low <= soon.critical
      ? 'critical'
      : full.low <= soon.warning
        ? 'warning'
        : full.low <= soon.info
          ? 'info'
          : undefined;
  if (severity === undefined) return [];
  return [
    {
      id: 'disk_full_soon',
      severity,
      object: 'data disk',
      evidence: `full ${fullWords(full)} (80 % interval from ${counted(points, 'day', 'days')})`,
      threshold: `${soon[severity]} days`,
      fix: 'Find what grew and whether it has to; else a larger disk before then',
      next: { tool: 'pg_storage', args: { by: 'table', since: '30d' } },
    },
  ];
}

function fullWords({ low, high }: Range): string {
  if (!Number.isFinite(low)) return `not within ${longestHorizon} days`;
  return Number.isFinite(high)
    ? `in ${low} to ${high} days`
    : `in ${low} days at the earliest, perhaps not within ${longestHorizon}`;
}

function forecastNotes(found: Forecast | undefined, horizonDays: number, full: Range | undefined): readonly string[] {
  if (found === undefined) return [];
  const { low, middle, high } = found.at(horizonDays);
  const day = new Date(found.from * 86_400_000).toISOString().slice(0, 10);
  return [
    `In ${horizonDays} days: ${bytes(middle)}, ${bytes(low)} to ${bytes(high)} in 80 of 100 cases.`,
    `From ${counted(found.points, 'daily total')} since ${day}` +
      `${found.changed ? '; what came before a change of level or slope was left out' : ''}${found.weekly ? '; weekdays taken into account' : ''}.`,
    ...(full !== undefined && found.points < horizonDays / 2
      ? ['The horizon is longer than twice the history: read the range, not its middle.']
      : []),
  ];
}

function walNotes({ wal }: StorageReading): readonly string[] {
  if (!isRead(wal)) return [];
  const { bytes: size, maxBytes, ready } = wal.value;
  return [
    `WAL folder ${bytes(size)}, max_wal_size ${bytes(maxBytes)}${size > 1.5 * maxBytes ? ': something keeps it, see pg_replication' : ''}.` +
      (ready === null ? '' : ` ${counted(ready, 'segment')} wait to be archived.`),
  ];
}

function missing(
  { databases, wal, items }: StorageReading,
  { capacity, daily }: Pick<StorageContext, 'capacity' | 'daily'>,
): readonly NotExamined[] {
  const hidden = databases.filter(({ sizeBytes }) => sizeBytes === null).length;
  return [
    ...(hidden > 0
      ? [{ what: `size of ${counted(hidden, 'database')}`, why: 'GRANT pg_monitor', required: true }]
      : []),
    ...(isRead(wal) ? [] : [{ what: 'WAL folder', why: wal.missing }]),
    ...(isRead(items) ? [] : [{ what: 'what takes the room', why: items.missing, required: true }]),
    ...(capacity === undefined
      ? [{ what: 'days until the disk is full', why: 'SQL cannot see the disk: set --capacity to its bytes' }]
      : []),
    ...(daily.length < shortest
      ? [
          {
            what: 'growth',
            why: `insufficient data: ${counted(daily.length, 'daily total')} of at least ${shortest}; pg_overview and the daemon keep them`,
          },
        ]
      : []),
    { what: 'logs and temporary files on the same disk', why: 'SQL does not tell' },
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${bytes(Math.abs(value))}`;
}
