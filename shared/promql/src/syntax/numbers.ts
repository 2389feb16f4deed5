import { parseDuration } from '../time/parse-time.ts';

/**
 * The value of a number as PromQL writes it: decimal, exponent, `0x`, `Inf`, `NaN`, and a duration in seconds.
 * @param text may have a sign, with spaces after it
 */
export function parseNumber(text: string): { readonly value: number; readonly newer: string | undefined } | undefined {
  const match = /^([+-]?)\s*(.*)$/s.exec(text)!;
  const sign = match[1] === '-' ? -1 : 1;
  const body = match[2]!.replaceAll('_', '');
  const newer = body === match[2] ? undefined : 'underscores in numbers';
  const value = unsigned(body);
  if (value !== undefined) return { value: sign * value, newer };
  const ms = parseDuration(body.toLowerCase() === body ? body : '');
  return ms === undefined ? undefined : { value: (sign * ms) / 1000, newer: 'a duration used as a number' };
}

function unsigned(body: string): number | undefined {
  if (/^inf$/i.test(body)) return Infinity;
  if (/^nan$/i.test(body)) return NaN;
  if (/^0x[0-9a-f]+$/i.test(body)) return Number(body);
  if (/^0[0-7]+$/.test(body)) return parseInt(body, 8);
  if (/^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(body)) return Number(body);
  return undefined;
}

const unitOrder = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];

/** Whether units fall from large to small and none is given twice, as Prometheus wants it. */
export function isOrderedDuration(text: string): boolean {
  let last = -1;
  for (const [, unit] of text.matchAll(/\d+(ms|[smhdwy])/g)) {
    const place = unitOrder.indexOf(unit!);
    if (place <= last) return false;
    last = place;
  }
  return last >= 0;
}

/** The shortest text of a number that PromQL reads back as the same. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
