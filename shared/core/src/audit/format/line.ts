import { isUtf8 } from 'node:buffer';
import type { LineMac } from '../keys/hmac.ts';
import type { AuditEvent } from '../types.ts';
import type { Digest } from './hash.ts';
import { maxLineBytes } from './limits.ts';
import { ulidPattern } from './ulid.ts';

/** One line of a log, parsed. */
export interface LogRecord {
  readonly writer: string;
  /** Sequence over the writer's life, from 0. */
  readonly n: number;
  /** UTC ms. */
  readonly t: number;
  /** Key id, 8 hex characters, or `none`. */
  readonly k: string;
  /** Leaf hash of the line before; empty in line 0. */
  readonly p: Digest;
  readonly event: AuditEvent;
  /** MAC; empty in an unsigned log. */
  readonly m: string;
}

/** What stands before `p` and after it, but for the MAC. */
export type LineParts = Omit<LogRecord, 'event' | 'm'>;

const macCharacters = 22;
const head = new RegExp(
  `^\\{"v":1,"w":"(${ulidPattern})","n":(0|[1-9]\\d{0,15}),"t":(0|[1-9]\\d{0,15}),"k":"([0-9a-f]{8}|none)","p":"([\\w-]{43}|)","e":\\{`,
);
const tail = /\},"m":"([\w-]{22}|)"\}$/;

/**
 * The bytes of one line, with a zero byte before them (the leaf prefix of RFC 6962) and the newline behind.
 *
 * @param eventJson the event, serialised
 * @param mac over every byte before `,"m":`; undefined in an unsigned log
 */
export function formatLine(
  parts: LineParts,
  eventJson: string,
  mac: ((bytes: Uint8Array) => string) | undefined,
): Buffer {
  const before = `{"v":1,"w":"${parts.writer}","n":${parts.n},"t":${parts.t},"k":"${parts.k}","p":"${parts.p}","e":${eventJson}`;
  if (mac === undefined) return Buffer.from(`\0${before},"m":""}\n`);
  const bytes = Buffer.from(`\0${before},"m":"${'-'.repeat(macCharacters)}"}\n`);
  const start = bytes.length - 3 - macCharacters;
  bytes.write(mac(bytes.subarray(1, start - 6)), start, macCharacters, 'latin1');
  return bytes;
}

/** The bytes that a line's MAC covers: all before `,"m":`. @param macLength 22, or 0 in an unsigned log */
export function macRange(line: Uint8Array, macLength: number): Uint8Array {
  return line.subarray(0, line.length - 2 - macLength - 6);
}

/** What the next line of an intact log must carry. */
export interface Expected {
  readonly writer: string;
  readonly n: number;
  readonly k: string;
  readonly p: Digest;
}

/**
 * Parses the line that is expected here, whose bytes its MAC has proven: what the writer wrote is one JSON object in the
 * exact order, so only what it says is compared.
 *
 * @param prefixed a zero byte and the raw line
 * @param mac what `expectedMac` says of it
 * @returns undefined for any other line, whatever it is
 */
export function parseProvenLine(prefixed: Buffer, expected: Expected, mac: string): LogRecord | undefined {
  // The MAC covers all but its own 22 characters and what frames them, for which JSON has one spelling of this length.
  const line = parseObject(prefixed.toString('utf8', 1));
  const { w: writer, n, t, k, p, e, m } = (line ?? {}) as { [name: string]: unknown } & { readonly e?: AuditEvent };
  const isExpected =
    m === mac && p === expected.p && n === expected.n && writer === expected.writer && k === expected.k;
  if (!isExpected || typeof t !== 'number' || typeof e?.type !== 'string') return undefined;
  return { writer: expected.writer, n: expected.n, t, k: expected.k, p: expected.p, event: e, m: mac };
}

/** Whether a record stands where the writer put it. */
export function isExpected(record: LogRecord | undefined, { writer, n, k, p }: Expected): boolean {
  return record?.writer === writer && record.n === n && record.k === k && record.p === p;
}

/** The MAC that a line of a signed log must carry; undefined for a line that cannot be one. @param prefixed as above */
export function expectedMac(prefixed: Buffer, mac: LineMac): string | undefined {
  const end = prefixed.length - 2 - macCharacters - 6;
  return end < 1 || prefixed.length > maxLineBytes + 1 ? undefined : mac.macOf(prefixed, 1, end);
}

/**
 * Parses one raw line. Strict: valid UTF-8, at most 60 KiB, exact field order, one JSON object.
 *
 * @param strict also that the text is exactly what the writer would have written: no white space, duplicate keys or
 *   other escapes. Not needed where the MAC has proven the bytes.
 * @returns undefined for anything else
 */
export function parseLine(line: Buffer, strict: boolean): LogRecord | undefined {
  if (line.length > maxLineBytes || !isUtf8(line)) return undefined;
  const text = line.toString('utf8');
  const start = head.exec(text);
  const end = tail.exec(text.slice(-32));
  if (start === null || end === null) return undefined;
  const [frame, writer = '', n, t, k = '', p = ''] = start;
  const [closing, m = ''] = end;
  // The frame is exact by now, so only the event is left to JSON.
  const event = parseEvent(text.slice(frame.length - 1, 1 - closing.length), strict);
  return event && { writer, n: Number(n), t: Number(t), k, p, event, m };
}

function parseEvent(json: string, strict: boolean): AuditEvent | undefined {
  const event = json.startsWith('{') ? parseObject(json) : undefined;
  return strict && JSON.stringify(event) !== json ? undefined : (event as AuditEvent | undefined);
}

function parseObject(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not JSON: told to the caller as no record.
    return undefined;
  }
}
