import type * as http from 'node:http';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { LogLine, LogReading, LogRequest } from '../../model/log.ts';
import type { EngineClient } from './client.ts';
import { multiplexedFrames, rawFrames } from './log-frames.ts';
import { lineReader } from './log-lines.ts';

/** Of the end of a log, where that is asked for: what the engine has to look through. */
const mostLines = 20_000;
const mostBytesRead = 64 * 1024 * 1024;
const longestMs = 20_000;
const overheadBytes = 100;

/**
 * Lines that a container wrote within a window; of more than may be kept, the newest.
 * @throws ToolError `backend_unsupported` when its log driver cannot be read
 */
export async function readLogs(
  client: EngineClient,
  { id, isTty }: Pick<Container, 'id' | 'isTty'>,
  request: LogRequest,
  signal: AbortSignal,
): Promise<LogReading> {
  const { since, until, stream } = request;
  const late = AbortSignal.timeout(longestMs);
  const answer = await client
    .stream({
      path: `/containers/${encodeURIComponent(id)}/logs`,
      query: {
        stdout: stream !== 'stderr',
        stderr: stream !== 'stdout',
        timestamps: true,
        since: seconds(since),
        // counted from the end of the log, not of the window: so only where these are the same
        ...(until === undefined ? { tail: mostLines } : { until: seconds(until) }),
      },
      signal: AbortSignal.any([signal, late]),
    })
    .catch((error: unknown) => {
      throw isUnreadable(error) ? unreadable(error) : error;
    });
  const kept = keeper(request.keptBytes);
  const end = await pour(answer, isTty, kept, { signal, late });
  const isTailCut = until === undefined && kept.count() >= mostLines;
  return {
    lines: kept.lines(),
    bytesRead: end.bytesRead,
    cut: end.isWhole ? (kept.hasDropped() || isTailCut ? 'older' : 'nothing') : 'newer',
  };
}

interface Signals {
  readonly signal: AbortSignal;
  readonly late: AbortSignal;
}

/** Reads until the answer, the time or the bytes are over. */
async function pour(
  answer: http.IncomingMessage,
  isTty: boolean,
  kept: Keeper,
  { signal, late }: Signals,
): Promise<{ readonly bytesRead: number; readonly isWhole: boolean }> {
  const frames = isTty ? rawFrames() : multiplexedFrames();
  const lines = lineReader();
  let bytesRead = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytesRead += chunk.length;
      for (const frame of frames.push(chunk)) kept.add(lines.add(frame));
      if (bytesRead >= mostBytesRead) return { bytesRead, isWhole: false };
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (late.aborted) return { bytesRead, isWhole: false };
    if (isToolError(cause)) throw cause;
    throw new ToolError('backend_unreachable', 'the engine broke off while it sent logs', { cause });
  } finally {
    answer.destroy();
  }
  for (const frame of frames.rest()) kept.add(lines.add(frame));
  for (const line of lines.rest()) kept.add(line);
  return { bytesRead, isWhole: true };
}

interface Keeper {
  add(line: LogLine | undefined): void;
  lines(): readonly LogLine[];
  /** Of all, those given up too. */
  count(): number;
  hasDropped(): boolean;
}

/** Gives up the oldest lines for newer ones. */
function keeper(keptBytes: number): Keeper {
  const lines: LogLine[] = [];
  let [size, first, count] = [0, 0, 0];
  const sizeOf = (line: LogLine | undefined): number => 2 * (line?.text.length ?? 0) + overheadBytes;
  return {
    add(line) {
      if (line === undefined) return;
      lines.push(line);
      size += sizeOf(line);
      count += 1;
      for (; size > keptBytes && first < lines.length - 1; first += 1) size -= sizeOf(lines[first]);
      if (first * 2 > lines.length) {
        lines.splice(0, first);
        first = 0;
      }
    },
    lines: () => lines.slice(first),
    count: () => count,
    hasDropped: () => count > lines.length - first,
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function isUnreadable(error: unknown): boolean {
  return isToolError(error) && /does not support reading|logging driver/i.test(error.backendText ?? '');
}

function unreadable(cause: unknown): ToolError {
  return new ToolError('backend_unsupported', 'its log driver cannot be read', { cause });
}
