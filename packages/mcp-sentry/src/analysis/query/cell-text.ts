import { bytes, count, duration, percent } from '@cinecom/mcp-core';
import type { CellValue } from '../../model/query.ts';

const unitMs: ReadonlyMap<string, number> = new Map([
  ['nanosecond', 1e-6],
  ['microsecond', 1e-3],
  ['millisecond', 1],
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
]);

/**
 * A cell as people read it: with its unit.
 * @param field that was asked for: a rate is a ratio, a duration is ms where the server tells no unit
 */
export function cellText(field: string, value: CellValue | undefined, unit: string | undefined): string {
  if (value === undefined || value === null) return '–';
  if (typeof value !== 'number') return String(value);
  const scale = unitMs.get(unit ?? '');
  if (scale !== undefined) return duration(value * scale);
  if (unit === 'byte') return bytes(value);
  const kind = kindOf(field);
  if (kind === 'ratio') return percent(value);
  if (kind === 'ms' && unit === undefined) return duration(value);
  if (/(^|\.)id$/.test(field)) return String(value);
  return count(value);
}

/** Characters a cell of a table may have, so that the table is no longer than an answer; an event id always fits. */
export function cellLength(rows: number, columns: number): number {
  const [least, most, whole] = [40, 160, 6000];
  return Math.max(least, Math.min(most, Math.floor(whole / Math.max(1, rows * columns))));
}

/** What the values of a field are where the server tells no unit. */
export function kindOf(field: string): 'ratio' | 'ms' | 'number' {
  if (/^(failure_rate|crash_free_rate)\(/.test(field)) return 'ratio';
  return /\b(duration|self_time)\b/.test(field) && !field.startsWith('count') ? 'ms' : 'number';
}
