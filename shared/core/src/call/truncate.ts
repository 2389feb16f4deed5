import { hardCap } from './budget.ts';
import type { Json } from '../define/plan.ts';

export interface Truncated {
  readonly path: string;
  readonly shown: number;
  readonly total: number;
  readonly cursor?: string;
}

type JsonObject = { readonly [key: string]: Json | undefined };

/**
 * Shortens the longest arrays of a structured result until it fits 40,000 characters of JSON, and says which.
 *
 * @returns the value, with `truncated[{path, shown, total, cursor}]` added when something was cut; `undefined` when
 *   cutting arrays cannot make it fit
 */
export function truncateStructured(value: JsonObject): JsonObject | undefined {
  let result = value;
  const cuts = new Map<string, Truncated>();
  for (let round = 0; round < 64; round += 1) {
    const whole = cuts.size === 0 ? result : { ...result, truncated: [...cuts.values()].map((cut) => ({ ...cut })) };
    if (JSON.stringify(whole).length <= hardCap) return whole;
    const longest = longestArray(result, []);
    if (longest === undefined) return undefined;
    const path = longest.path.join('.');
    const shown = Math.floor(longest.items.length / 2);
    const cursor = result['cursor'];
    cuts.set(path, {
      path,
      shown,
      total: cuts.get(path)?.total ?? longest.items.length,
      ...(typeof cursor === 'string' ? { cursor } : {}),
    });
    result = replaceAt(result, longest.path, longest.items.slice(0, shown)) as JsonObject;
  }
  return undefined;
}

interface Found {
  readonly path: readonly string[];
  readonly items: readonly Json[];
  readonly size: number;
}

function longestArray(value: Json | undefined, path: readonly string[]): Found | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const inner = Object.entries(value).map(([key, item]) => longestArray(item, [...path, key]));
  const own: Found | undefined =
    Array.isArray(value) && value.length > 1 ? { path, items: value, size: JSON.stringify(value).length } : undefined;
  // Within a list of rows, cut the rows, not the lists inside one row: so an outer array wins over its own parts.
  if (own) return own;
  return inner.reduce((best, next) => (next && (!best || next.size > best.size) ? next : best), undefined);
}

function replaceAt(value: Json | undefined, path: readonly string[], items: readonly Json[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return items;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => (String(index) === key ? (replaceAt(item, rest, items) ?? null) : item));
  }
  const record = value as JsonObject;
  return { ...record, [key]: replaceAt(record[key], rest, items) };
}
