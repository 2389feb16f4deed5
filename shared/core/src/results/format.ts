const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in decimal units, three significant digits: `1.23 GB`. */
export function bytes(count: number | bigint): string {
  let value = Number(count);
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : significant(value)} ${byteUnits[unit]}`;
}

const spans = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** Milliseconds in the two largest units that say something: `3 h 12 min`, `1.42 s`, `0.31 ms`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms < 1000) return `${significant(ms)} ms`;
  if (ms < 60_000) return `${significant(ms / 1000)} s`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [name, size] of spans) {
    const count = Math.floor(rest / size);
    if (count === 0 && parts.length === 0) continue;
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * size;
    if (parts.length === 2 || count === 0) break;
  }
  return parts.join(' ');
}

/** A ratio 0–1 as percent: `12.5 %`. */
export function percent(ratio: number): string {
  return `${significant(ratio * 100)} %`;
}

/** A count with thin grouping: `12,345,678`. */
export function count(value: number | bigint): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** A count with its noun: `1 row`, `2 rows`, `3 indexes`. */
export function counted(value: number, singular: string, plural: string = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** Change from `before` to `after`: `+12.5 %`, `×3.2` from double upwards, `new` from zero. */
export function delta(before: number, after: number): string {
  if (before === 0) return after === 0 ? '±0 %' : 'new';
  const ratio = after / before;
  if (ratio >= 2) return `×${significant(ratio)}`;
  const change = (ratio - 1) * 100;
  return `${change >= 0 ? '+' : '−'}${significant(Math.abs(change))} %`;
}

/** UTC time, seconds precision: `2026-03-01T04:05:06Z`. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Three significant digits without exponent or trailing zeros. */
function significant(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value
    .toFixed(Math.min(digits, 6))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
