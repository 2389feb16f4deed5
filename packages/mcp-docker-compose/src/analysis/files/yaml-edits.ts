import { isMap, isScalar, isSeq, type Node, Scalar } from 'yaml';
import type { TextEdit } from '../../model/text-edit.ts';
import type { KeyPair, MapNode } from './yaml-own.ts';

/** A change of a text, and what it looks like. */
export interface WrittenKey {
  readonly edit: TextEdit;
  /** Without quotes. */
  readonly value: string;
  /** From 1: of the first line that is new or changed. */
  readonly line: number;
  /** `mem_limit: 64m`; undefined where the key is new. */
  readonly before: string | undefined;
  /** Lines of YAML; of a key that shares its line with others the key alone: what else stands there may be secret. */
  readonly after: readonly string[];
  /** Lines that came on top. */
  readonly addedLines: number;
}

interface NewKey {
  /** From the map downwards. */
  readonly keys: readonly string[];
  readonly value: string;
  readonly isQuoted: boolean;
  /** Blanks by which each level is set in. */
  readonly indent: number;
}

/** Another value in place of a scalar, in the same quotes. @returns a reason where it is none that can be replaced */
export function replaceValue(
  text: string,
  { key, value: node }: KeyPair,
  write: (old: string) => string,
): WrittenKey | string {
  const name = isScalar(key) ? String(key.value) : '';
  if (!isScalar(node) || node.range === undefined || node.range === null) return `${name} has no plain value`;
  const [start, end] = node.range;
  const raw = text.slice(start, end);
  if (raw === '' || raw.includes('\n') || !quotes.has(node.type ?? '')) return `${name} has no plain value`;
  if (raw.includes('$')) return `${name} comes from a variable`;
  const quote = quotes.get(node.type ?? '') ?? '';
  const value = write(String(node.value));
  const written = `${quote}${value}${quote}`;
  const lead = leadOf(text, key.range?.[0] ?? start);
  return {
    edit: { at: start, length: end - start, text: written },
    value,
    line: lineAt(text, start),
    before: `${lead}${name}: ${/^["']?[\w.]{1,40}["']?$/.test(raw) ? raw : '…'}`,
    after: [`${lead}${name}: ${written}`],
    addedLines: 0,
  };
}

/** New keys at the end of a map, in its own style. */
export function addKeys(text: string, map: MapNode, added: NewKey): WrittenKey {
  return map.flow === true ? addInline(text, map, added) : addLines(text, map, added);
}

const quotes: ReadonlyMap<string, string> = new Map([
  [Scalar.PLAIN, ''],
  [Scalar.QUOTE_SINGLE, "'"],
  [Scalar.QUOTE_DOUBLE, '"'],
]);

function addInline(text: string, map: MapNode, { keys, value, isQuoted }: NewKey): WrittenKey {
  const first = (map.items as readonly KeyPair[])[0]?.key;
  const isJson = isScalar(first) && first.type === Scalar.QUOTE_DOUBLE;
  const name = (key: string): string => (isJson ? `"${key}"` : key);
  const scalar = isQuoted || (isJson && !/^\d+(\.\d+)?$/.test(value)) ? `"${value}"` : value;
  const [last = '', ...above] = keys.toReversed();
  const pair = above.reduce((inner, key) => `${name(key)}: { ${inner} }`, `${name(last)}: ${scalar}`);
  const [start, end] = map.range ?? [0, 0];
  const isEmpty = map.items.length === 0;
  const at = isEmpty ? start : endOf(map, true);
  return {
    edit: { at, length: isEmpty ? end - start : 0, text: isEmpty ? `{ ${pair} }` : `, ${pair}` },
    value,
    line: lineAt(text, at),
    before: undefined,
    after: [pair],
    addedLines: 0,
  };
}

function addLines(text: string, map: MapNode, { keys, value, isQuoted, indent }: NewKey): WrittenKey {
  const column = columnAt(text, (map.items as readonly KeyPair[])[0]?.key.range?.[0] ?? 0);
  const scalar = isQuoted ? `"${value}"` : value;
  const lines = keys.map(
    (key, index) => `${' '.repeat(column + index * indent)}${key}:${index === keys.length - 1 ? ` ${scalar}` : ''}`,
  );
  const at = lineStartAfter(text, endOf(map, false));
  const isLast = at === text.length && !text.endsWith('\n');
  const newline = lineEndBefore(text, at);
  return {
    edit: { at, length: 0, text: isLast ? `${newline}${lines.join(newline)}` : `${lines.join(newline)}${newline}` },
    value,
    line: lineAt(text, at) + (isLast ? 1 : 0),
    before: undefined,
    after: lines,
    addedLines: lines.length,
  };
}

/** Where the text of the last thing in a node ends. @param isOuter of the last pair of this very map, though it is in brackets */
function endOf(node: Node, isOuter: boolean): number {
  const isBlock = isOuter || !('flow' in node && node.flow);
  if (isBlock && isMap(node)) {
    const last = (node.items as readonly KeyPair[]).at(-1);
    if (last === undefined) return node.range?.[1] ?? 0;
    return Math.max(last.key.range?.[1] ?? 0, last.value === null ? 0 : endOf(last.value, false));
  }
  const last = isBlock && isSeq(node) ? (node.items as readonly Node[]).at(-1) : undefined;
  return last === undefined ? (node.range?.[1] ?? 0) : endOf(last, false);
}

/** The beginning of the next line; what is behind a line end already stays. */
function lineStartAfter(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** As the last line before ends. */
function lineEndBefore(text: string, offset: number): string {
  const end = text.lastIndexOf('\n', offset - 1);
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n';
}

/** Characters before it in its line. */
export function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Blanks before it, where there is nothing else. */
function leadOf(text: string, offset: number): string {
  const lead = text.slice(offset - columnAt(text, offset), offset);
  return /^ *$/.test(lead) ? lead : '';
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
