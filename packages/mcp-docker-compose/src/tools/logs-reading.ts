import { isToolError, type NotExamined, ToolError } from '@cinecom/mcp-core';
import type { OriginLine } from '../analysis/logs/collapse.ts';
import { type Level, isAtLeast, levelOf } from '../analysis/logs/level-of.ts';
import { createMatcher } from '../analysis/logs/match-text.ts';
import type { Container } from '../model/container.ts';
import type { LogReading, LogRequest } from '../model/log.ts';
import { plainName } from '../text/plain-name.ts';
import type { ComposeCall } from './project-reading.ts';

const mostContainers = 40;
const atOnce = 4;
const keptOfOne = 8 * 1024 * 1024;
const keptOfAll = 48 * 1024 * 1024;

export interface LogsWanted {
  readonly contains?: string | undefined;
  readonly level?: Level | undefined;
  readonly request: Omit<LogRequest, 'keptBytes'>;
}

export interface LogsRead {
  /** Those that match, oldest first, of all containers. */
  readonly lines: readonly OriginLine[];
  readonly containers: number;
  readonly linesRead: number;
  readonly bytesRead: number;
  readonly missing: readonly NotExamined[];
}

/** Lines of containers that match, merged by time; bounded in bytes for each container and for all. */
export async function readLogs(
  containers: readonly Container[],
  { contains, level, request }: LogsWanted,
  call: ComposeCall,
): Promise<LogsRead> {
  const matches = contains === undefined ? () => true : matcherOf(contains);
  const read = containers.slice(0, mostContainers);
  const keptBytes = Math.min(keptOfOne, Math.floor(keptOfAll / Math.max(1, read.length)));
  const lines: OriginLine[] = [];
  const missing: NotExamined[] = [...notRead(containers.length - read.length)];
  let [linesRead, bytesRead] = [0, 0];
  const takeOne = async (container: Container): Promise<void> => {
    const reading = await readOne(container, { ...request, keptBytes }, call);
    linesRead += reading.lines.length;
    bytesRead += reading.bytesRead;
    missing.push(...reading.missing);
    for (const { at, stream, text } of reading.lines) {
      const told = levelOf(text);
      if (!matches(text) || (level !== undefined && !isAtLeast(told, level))) continue;
      lines.push({ at, service: container.service, number: container.number, stream, level: told, text });
    }
  };
  for (let first = 0; first < read.length; first += atOnce) {
    await Promise.all(read.slice(first, first + atOnce).map(takeOne));
    call.progress(Math.min(first + atOnce, read.length), read.length, 'containers read');
  }
  return { lines: lines.toSorted((a, b) => a.at - b.at), containers: read.length, linesRead, bytesRead, missing };
}

interface OneReading extends Pick<LogReading, 'lines' | 'bytesRead'> {
  readonly missing: readonly NotExamined[];
}

/** A log that cannot be read, or a container that has gone since, is told and spoils nothing else. */
async function readOne(
  container: Container,
  request: LogRequest,
  { backend, signal }: ComposeCall,
): Promise<OneReading> {
  const name = `${plainName(container.service) ?? 'one service'}-${container.number}`;
  const told = (what: string, why: string): readonly NotExamined[] => [{ what, why }];
  return backend.engine.logs(container, request, signal).then(
    ({ lines, bytesRead, cut }) => {
      if (cut === 'nothing') return { lines, bytesRead, missing: [] };
      const missing =
        cut === 'older'
          ? told(`older lines of ${name}`, 'only the newest are read at once: give until, or a later since')
          : told(`newer lines of ${name}`, 'the log is too long to be read through: give a later since');
      return { lines, bytesRead, missing };
    },
    (error: unknown) => {
      if (!isToolError(error) || !['backend_unsupported', 'backend_not_found', 'backend_error'].includes(error.code)) {
        throw error;
      }
      const driver = plainName(container.logDriver) ?? 'of its own';
      const why = error.code === 'backend_unsupported' ? `its log driver (${driver}) cannot be read` : error.message;
      return { lines: [], bytesRead: 0, missing: told(`logs of ${name}`, why) };
    },
  );
}

function notRead(left: number): readonly NotExamined[] {
  return left > 0 ? [{ what: `logs of ${left} more containers`, why: 'ask for fewer services' }] : [];
}

function matcherOf(contains: string): (text: string) => boolean {
  const matcher = createMatcher(contains);
  if (matcher !== undefined) return matcher;
  throw new ToolError('invalid_input', 'contains has nothing to look for', {
    hint: 'Give words of the line; | between alternatives, * for anything between two parts: "timeout|refused", "user*failed".',
  });
}
