import type { LogLine } from '../../model/log.ts';
import type { LogFrame, LogStream } from './log-frames.ts';

const longestBytes = 8192;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d) /;
const longestStamp = 40;

interface OpenLine {
  readonly at: number;
  readonly parts: Buffer[];
  size: number;
}

/** Frames → lines with their times: parts of a long line are put together again, bytes become text only then. */
export interface LineReader {
  /** @returns the line that is whole with this frame */
  add(frame: LogFrame): LogLine | undefined;
  /** Lines whose end never came. */
  rest(): readonly LogLine[];
}

export function lineReader(): LineReader {
  const open = new Map<LogStream, OpenLine>();
  return {
    add({ stream, bytes }) {
      const { at, text, isWhole } = partOf(bytes);
      const line = open.get(stream) ?? { at, parts: [], size: 0 };
      if (line.size < longestBytes) line.parts.push(text.subarray(0, longestBytes - line.size));
      line.size += text.length;
      if (!isWhole) {
        open.set(stream, line);
        return undefined;
      }
      open.delete(stream);
      return closed(stream, line);
    },
    rest: () => [...open].map(([stream, line]) => closed(stream, line)),
  };
}

function partOf(bytes: Buffer): { readonly at: number; readonly text: Buffer; readonly isWhole: boolean } {
  const head = bytes.subarray(0, longestStamp).toString('latin1');
  const match = stamp.exec(head);
  const isWhole = bytes.at(-1) === lineFeed;
  const end = bytes.length - (isWhole ? (bytes.at(-2) === carriageReturn ? 2 : 1) : 0);
  const from = match?.[0].length ?? 0;
  return { at: match === null ? 0 : timeOf(match), text: bytes.subarray(from, Math.max(from, end)), isWhole };
}

/** Of nanoseconds, as far as a number holds them. */
function timeOf([, seconds = '', fraction = '', zone = '']: RegExpExecArray): number {
  return Date.parse(seconds + zone) + Number(`0${fraction}`) * 1000;
}

function closed(stream: LogStream, { at, parts, size }: OpenLine): LogLine {
  const bytes = Buffer.concat(parts);
  // cut within a character: what is left of it is no broken text
  const text = bytes.toString('utf8');
  return { at, stream, text: size > bytes.length ? text.replace(/\ufffd+$/, '') : text };
}
