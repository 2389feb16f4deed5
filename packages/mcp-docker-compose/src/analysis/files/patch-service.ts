import { isMap } from 'yaml';
import type { TextEdit } from '../../model/text-edit.ts';
import { addKeys, columnAt, replaceValue, type WrittenKey } from './yaml-edits.ts';
import { isMerged, type MapNode, meaningOf, ownPair, type ParsedText, parsedText, sharedReason } from './yaml-own.ts';
import { recordOf } from '../records/record-of.ts';

/** What a key of a service shall be. */
export interface KeyValue {
  /** Below the service: `['deploy', 'resources', 'limits', 'memory']`. */
  readonly path: readonly string[];
  /** How it is to be written, without quotes. @param old as it stands there now */
  readonly write: (old: string | undefined) => string;
  /** In quotes where the key is new. */
  readonly isQuoted: boolean;
}

export interface ChangedLine {
  /** From 1, in the text after the change. */
  readonly line: number;
  /** Undefined where it is new. */
  readonly before: string | undefined;
  readonly after: string;
}

export type ServicePatch =
  | {
      readonly kind: 'patched';
      readonly text: string;
      readonly edits: readonly TextEdit[];
      readonly lines: readonly ChangedLine[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Sets keys of a service in the text of a Compose file. Every other line stays as it is to the byte: comments, order,
 * quotes, line ends, and whether the last line has one. What comes out is read again: it means what the text meant before,
 * and the new values.
 *
 * Refused, with words of our own, where the change would reach further than this service or rests on what stands elsewhere:
 * an alias, an anchor that others use, a merge key, `extends`, a tag, a variable.
 */
export function patchService(text: string, service: string, values: readonly KeyValue[]): ServicePatch {
  let now = text;
  const edits: TextEdit[] = [];
  let lines: readonly ChangedLine[] = [];
  for (const value of values) {
    const path = ['services', service, ...value.path];
    const parsed = parsedText(now);
    if (parsed === undefined) return refused('it cannot be read as YAML');
    const written = setKey(parsed, path, value);
    if (typeof written === 'string') return refused(written);
    const next = editedText(now, [written.edit]);
    if (!isMeant(now, next, path, written.value))
      return refused('it is written in a way that cannot be changed safely');
    lines = [...lines.map((one) => moved(one, written)), ...linesOf(written)].toSorted((a, b) => a.line - b.line);
    edits.push(written.edit);
    now = next;
  }
  return { kind: 'patched', text: now, edits, lines };
}

/** The text after edits that were made one after the other. */
export function editedText(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce((now, edit) => now.slice(0, edit.at) + edit.text + now.slice(edit.at + edit.length), text);
}

function refused(reason: string): ServicePatch {
  return { kind: 'refused', reason };
}

/** @param path `services`, the service, then keys below it. @returns what to write, or why not */
function setKey(parsed: ParsedText, path: readonly string[], value: KeyValue): WrittenKey | string {
  const { text, document } = parsed;
  if (!isMap(document.contents)) return 'it has no services';
  let map: MapNode = document.contents;
  let indent = 2;
  for (const [depth, key] of path.entries()) {
    const name = depth === 1 ? 'the service' : key;
    const pair = ownPair(map, key);
    if (pair === undefined) {
      if (isMerged(parsed, map, key)) return `${name} comes by a merge key`;
      if (depth < 2) return 'it does not define the service';
      return addKeys(text, map, {
        keys: path.slice(depth),
        value: value.write(undefined),
        isQuoted: value.isQuoted,
        indent,
      });
    }
    const reason = sharedReason(parsed, pair.value, name);
    if (reason !== undefined) return reason;
    if (depth === path.length - 1) return replaceValue(text, pair, value.write);
    if (!isMap(pair.value)) return `${name} is no mapping`;
    map = pair.value;
    if (depth === 1) {
      if (ownPair(map, 'extends') !== undefined || isMerged(parsed, map, 'extends'))
        return 'the service extends another';
      indent = Math.max(1, columnOfFirst(text, map) - columnAt(text, pair.key.range?.[0] ?? 0));
    }
  }
  return 'it does not define the service';
}

function columnOfFirst(text: string, map: MapNode): number {
  return columnAt(text, map.range?.[0] ?? 0);
}

/** Whether the new text means the old one with nothing but that value changed. */
function isMeant(before: string, after: string, path: readonly string[], value: string): boolean {
  const [old, now] = [meaningOf(before), meaningOf(after)];
  const standing = path.reduce<unknown>((inner, key) => recordOf(inner)[key], now);
  const isIt = typeof standing === 'string' ? standing === value : standing === Number(value);
  return isIt && JSON.stringify(withValue(old, path, standing)) === JSON.stringify(now);
}

function withValue(value: unknown, [key, ...rest]: readonly string[], wanted: unknown): unknown {
  if (key === undefined) return wanted;
  const record = recordOf(value);
  return { ...record, [key]: withValue(record[key], rest, wanted) };
}

function linesOf({ line, before, after }: WrittenKey): readonly ChangedLine[] {
  return after.map((text, index) => ({ line: line + index, before, after: text }));
}

/** A line that new ones came above stands further down. */
function moved(one: ChangedLine, { line, addedLines }: WrittenKey): ChangedLine {
  return one.line >= line ? { ...one, line: one.line + addedLines } : one;
}
