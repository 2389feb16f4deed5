import { saysTheSame } from './says-the-same.ts';
import { isCollection, isScalar, type Pair, stringify, type YAMLMap } from 'yaml';
import {
  blockText,
  columnOf,
  extent,
  keyOf,
  lineEnd,
  lineStart,
  mapOf,
  type Plain,
  type Splice,
} from './yaml-lines.ts';

/**
 * The splices that make a block map say what `wanted` says: what is equal keeps its lines, comments and order.
 *
 * @param text of the whole file, which `map` was read from
 */
export function mergeMap(text: string, map: YAMLMap, wanted: Plain): readonly Splice[] {
  const there = new Map(map.items.map((pair) => [keyOf(pair), pair]));
  const column = columnOf(text, extent(text, map.items[0]?.key).from);
  const splices: Splice[] = [];
  for (const [name, pair] of there) {
    if (!(name in wanted)) splices.push(removed(text, pair));
    else splices.push(...changed(text, pair, wanted[name], column));
  }
  const added = Object.entries(wanted).filter(([name]) => !there.has(name));
  const last = map.items.at(-1);
  if (added.length > 0 && last !== undefined) {
    const at = lineEnd(text, pairEnd(text, last));
    const lines = blockText(Object.fromEntries(added), column);
    splices.push({ from: at, to: at, text: text[at - 1] === '\n' ? `${lines}\n` : `\n${lines}` });
  }
  return splices;
}

function changed(text: string, pair: Pair, wanted: unknown, column: number): readonly Splice[] {
  const { value } = pair;
  const now: unknown = (value as { toJSON?: () => unknown } | null)?.toJSON?.() ?? null;
  if (saysTheSame(now, wanted)) return [];
  const inner = mapOf(value);
  if (inner !== undefined && !inner.flow && isPlain(wanted) && inner.items.some((one) => keyOf(one) in wanted)) {
    return mergeMap(text, inner, wanted);
  }
  const { from, to } = extent(text, value);
  const isOneLine = value !== null && !text.slice(from, to).includes('\n') && to > from;
  if (isOneLine && (isScalar(value) || isCollection(value))) {
    const inline = isPlain(wanted) ? flowText(wanted) : stringify(wanted, { lineWidth: 0 }).trimEnd();
    // what is written on the line behind it stays
    if (!inline.includes('\n')) return [{ from, to, text: inline }];
  }
  const first = extent(text, pair.key).from;
  const lines = blockText({ [keyOf(pair)]: wanted }, column);
  return [{ from: first, to: pairEnd(text, pair), text: lines.slice(column) }];
}

/** A first key can stand behind the dash of its item, which must stay. */
function removed(text: string, pair: Pair): Splice {
  const { from } = extent(text, pair.key);
  const end = lineEnd(text, pairEnd(text, pair));
  const start = lineStart(text, from);
  if (text.slice(start, from).trim() === '') return { from: start, to: end, text: '' };
  const next = /^[ ]*/.exec(text.slice(end))?.[0].length ?? 0;
  return { from, to: end + next, text: '' };
}

function pairEnd(text: string, { key, value }: Pair): number {
  return Math.max(extent(text, key).to, extent(text, value).to);
}

function flowText(value: Plain): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
