import type { Point } from '@cinecom/mcp-core/stats';
import type { Snapshot } from '../../model/snapshot.ts';
import type { StorageItem, StorageKind } from '../../model/storage.ts';

const day = 86_400_000;

/** All databases together; undefined where a size is not told. */
export function totalOf({ databases }: Pick<Snapshot, 'databases'>): number | undefined {
  let total = 0;
  for (const { sizeBytes } of databases) {
    if (sizeBytes === null) return undefined;
    total += sizeBytes;
  }
  return total;
}

/** One point a UTC day, the last of it; x in days since 1970. */
export function dailyTotals(moments: readonly { readonly at: number; readonly bytes: number }[]): readonly Point[] {
  const byDay = new Map<number, { readonly at: number; readonly bytes: number }>();
  for (const moment of moments) {
    const x = Math.floor(moment.at / day);
    const held = byDay.get(x);
    if (held === undefined || held.at <= moment.at) byDay.set(x, moment);
  }
  return [...byDay].map(([x, { bytes: y }]) => ({ x, y })).toSorted((a, b) => a.x - b.x);
}

/** What an earlier snapshot says of the same kind; undefined = it keeps nothing of it. */
export function itemsThen(by: StorageKind, snapshot: Snapshot): ReadonlyMap<string, number> | undefined {
  const items = earlierItems(by, snapshot);
  return items && new Map(items.map(({ name, bytes }) => [name, bytes]));
}

function earlierItems(
  by: StorageKind,
  { databases, tables, indexes, slots }: Snapshot,
): readonly StorageItem[] | undefined {
  if (by === 'table') return tables.map(({ table: name, sizeBytes: bytes }) => ({ name, bytes }));
  if (by === 'index') return indexes.map(({ index: name, sizeBytes: bytes }) => ({ name, bytes }));
  if (by === 'slots') return slots.map(({ name, retainedBytes }) => ({ name, bytes: retainedBytes ?? 0 }));
  if (by === 'temp') return databases.map(({ name, tempBytes: bytes }) => ({ name, bytes }));
  if (by !== 'database') return undefined;
  return databases.flatMap(({ name, sizeBytes }) => (sizeBytes === null ? [] : [{ name, bytes: sizeBytes }]));
}

const bars = '▁▂▃▄▅▆▇█';

/** A picture of a series in one line, from its least to its greatest. */
export function sparkline(values: readonly number[], width = 40): string {
  const step = Math.max(1, Math.ceil(values.length / width));
  const shown = values.filter((_value, index) => (values.length - 1 - index) % step === 0);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const level = (value: number): number =>
    high === low ? 0 : Math.round(((value - low) / (high - low)) * (bars.length - 1));
  return shown.map((value) => bars[level(value)]).join('');
}
