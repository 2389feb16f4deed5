import { ToolError } from '@cinecom/mcp-core';

export type LogStream = 'stdout' | 'stderr';

/** One message as the engine sent it: a line with its time in front, or a part of one longer than 16 kB. */
export interface LogFrame {
  readonly stream: LogStream;
  readonly bytes: Buffer;
}

/** Takes bytes as they come, gives the frames that are whole with them. */
export interface FrameReader {
  push(chunk: Buffer): readonly LogFrame[];
  /** What was left when the answer ended. */
  rest(): readonly LogFrame[];
}

const headerBytes = 8;
/** The engine splits lines at 16 kB, plugins at less than this. */
const largestFrame = 4 * 1024 * 1024;
const lineFeed = 0x0a;

/** Of a container without terminal: an 8-byte header (stream, three zeros, length with the highest byte first) before each message. */
export function multiplexedFrames(): FrameReader {
  let pending: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const frames: LogFrame[] = [];
      let at = 0;
      while (pending.length - at >= headerBytes) {
        const length = lengthAt(pending, at);
        if (pending.length - at - headerBytes < length) break;
        const bytes = pending.subarray(at + headerBytes, at + headerBytes + length);
        // 3 is what the engine itself says of its logs
        frames.push({ stream: pending[at] === 1 ? 'stdout' : 'stderr', bytes });
        at += headerBytes + length;
      }
      pending = pending.subarray(at);
      return frames;
    },
    rest: () => [],
  };
}

function lengthAt(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 4);
  const isHeader = (bytes[at] ?? 0) <= 3 && bytes[at + 1] === 0 && bytes[at + 2] === 0 && bytes[at + 3] === 0;
  if (isHeader && length <= largestFrame) return length;
  throw new ToolError('backend_error', 'the engine sends logs in a form that is not known', {
    hint: 'Engines from 20.10 on are supported; check tells which one this is.',
  });
}

/** Of a container with a terminal: bytes as they are, a line each. */
export function rawFrames(): FrameReader {
  let pending: Buffer[] = [];
  let size = 0;
  return {
    push(chunk) {
      const frames: LogFrame[] = [];
      let from = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
        frames.push({ stream: 'stdout', bytes: Buffer.concat([...pending, chunk.subarray(from, end + 1)]) });
        pending = [];
        size = 0;
        from = end + 1;
      }
      // a line without end is held only as far as a frame may go
      if (from < chunk.length && size < largestFrame) pending.push(chunk.subarray(from));
      size += chunk.length - from;
      return frames;
    },
    rest: () => (pending.length === 0 ? [] : [{ stream: 'stdout', bytes: Buffer.concat(pending) }]),
  };
}
