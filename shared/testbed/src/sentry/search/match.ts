import type { Value } from '../world/rows.ts';
import type { Query, Term } from './parse.ts';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const timeKeys = new Set(['timestamp', 'firstSeen', 'lastSeen', 'age', 'first_seen', 'last_seen', 'timestamp.to_hour']);

/** Milliseconds of `30m`, `24h`, `14d`, `2w`, `90s`; undefined for anything else. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d+)([smhdw])$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === 's' ? 1000 : (units[match[2] ?? ''] ?? 0));
}

/** UTC ms of an ISO time (without zone: UTC) or of epoch seconds. */
export function timeOf(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const at = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** `*` stands for anything; letters count alike, as in Sentry. */
export function matchesText(pattern: string, text: string): boolean {
  const [low, parts] = [text.toLowerCase(), pattern.toLowerCase().split('*')];
  if (parts.length === 1) return low === parts[0];
  let position = 0;
  for (const [index, part] of parts.entries()) {
    const found = low.indexOf(part, position);
    if (found === -1 || (index === 0 && found !== 0)) return false;
    position = found + part.length;
  }
  const last = parts.at(-1) ?? '';
  return last === '' || low.endsWith(last);
}

function compare(operator: Term['operator'], left: number, right: number): boolean {
  if (operator === '>') return left > right;
  if (operator === '<') return left < right;
  if (operator === '>=') return left >= right;
  if (operator === '<=') return left <= right;
  return left === right;
}

/** `-24h` means within the last 24 hours, `+24h` longer ago. */
function matchesTime(term: Term, at: number, value: string, now: number): boolean {
  const relative = /^([+-])(.+)$/.exec(value);
  const ago = relative && durationOf(relative[2] ?? '');
  if (relative && ago !== undefined && ago !== null) {
    if (term.operator !== ':') return compare(term.operator, at, now - ago);
    return relative[1] === '-' ? at >= now - ago : at <= now - ago;
  }
  const time = timeOf(value);
  if (time === undefined) return false;
  // a bare time stands for some minutes around it
  return term.operator === ':' ? Math.abs(at - time) <= 300_000 : compare(term.operator, at, time);
}

/** Numbers may carry a unit: `2s`, `300ms`, `1.5k`. */
function numberOf(text: string): number {
  const match = /^(-?[\d.]+)(ms|s|min|m|h|k)?$/.exec(text);
  if (!match) return Number.NaN;
  const factor: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, k: 1000 };
  return Number(match[1]) * (match[2] === undefined ? 1 : (factor[match[2]] ?? 1));
}

function matchesOne(term: Term, actual: Value, wanted: string, now: number): boolean {
  if (Array.isArray(actual)) return actual.some((each: string) => matchesText(wanted, each));
  if (typeof actual === 'number') {
    if (timeKeys.has(term.key)) return matchesTime(term, actual, wanted, now);
    const asNumber = wanted === 'true' ? 1 : wanted === 'false' ? 0 : numberOf(wanted);
    return compare(term.operator, actual, asNumber);
  }
  if (typeof actual === 'boolean')
    return String(actual) === (wanted === '1' ? 'true' : wanted === '0' ? 'false' : wanted);
  if (actual === null) return wanted === '';
  if (term.operator !== ':') return compare(term.operator, numberOf(String(actual)), numberOf(wanted));
  // users are stored as `id:name`; the bare name is also found
  return matchesText(wanted, String(actual)) || (term.key === 'user' && matchesText(`id:${wanted}`, String(actual)));
}

export function matchesTerm(term: Term, actual: Value, now: number): boolean {
  return term.values.some((wanted) => matchesOne(term, actual, wanted, now)) !== term.negated;
}

/** Evaluates a query against one row, whose fields `lookup` gives. */
export function matchesQuery(query: Query, lookup: (key: string) => Value, now: number): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => matchesQuery(part, lookup, now));
    case 'or':
      return query.parts.some((part) => matchesQuery(part, lookup, now));
    case 'text':
      return [lookup('message'), lookup('title')].some((value) => matchesText(`*${query.text}*`, String(value ?? '')));
    case 'term':
    default:
      if (query.key === 'has') return query.values.some((key) => lookup(key) !== null) !== query.negated;
      return matchesTerm(query, lookup(query.key), now);
  }
}
