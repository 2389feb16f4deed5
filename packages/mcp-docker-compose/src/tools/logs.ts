import {
  bytes,
  count,
  counted,
  findingsReport,
  nextCall,
  outside,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { collapse, type LineGroup, type OriginLine } from '../analysis/logs/collapse.ts';
import { type Level, levels } from '../analysis/logs/level-of.ts';
import { pageFromFirst, pageFromLast } from '../analysis/logs/page-lines.ts';
import { clockTime, spansDays } from '../text/clock-time.ts';
import { cutText } from '../text/cut-text.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { someServices } from './inputs.ts';
import { readLogs } from './logs-reading.ts';
import { readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';
import { sinceField, untilField, type Window, windowOf } from './times.ts';

const defaultLimit = 100;
/** Characters of lines in an answer of the usual length, and in a long one that was asked for. */
const [usualRoom, longRoom] = [6200, 34_000];
const overhead = 55;
/** As much of a line as stays readable between others. */
const shownText = 200;

const row = z.strictObject({
  /** Of the only or the newest line, UTC. */
  time: z.string(),
  first: z.string().optional(),
  count: z.int().optional(),
  from: outside(z.string()),
  out: z.enum(['out', 'err']).optional(),
  level: z.enum(levels).optional(),
  line: outside(z.string()),
  example: outside(z.string()).optional(),
});

export const logs = defineTool({
  name: 'compose_logs',
  title: 'Logs',
  description:
    'Log lines of services, replicas merged by time, stopped ones too; alike lines collapsed to templates with counts, errors first.',
  searchHint: 'docker compose logs tail grep error search ログ 検索 エラー',
  risk: 'read',
  budgetChars: 40_000,
  input: z.strictObject({
    services: someServices,
    since: sinceField('15m'),
    until: untilField,
    contains: z.string().max(200).optional().describe('a|b, a*b; any case'),
    level: z.enum(levels).optional().describe('or worse'),
    stream: z.enum(['stdout', 'stderr', 'both']).default('both'),
    collapse: z.boolean().default(true),
    limit: z.int().min(1).max(1000).default(defaultLimit),
    cursor: z.string().max(500).optional(),
  }),
  output: z.strictObject({
    summary: z.string(),
    window: z.string(),
    read: z.string(),
    rows: z.array(row),
    total: z.int(),
    notExamined: findingsReport.shape.notExamined,
    service: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const { limit } = input;
    const { window, start } = begun(input, windowOf(input, call));
    const { model, containers } = await readProject(call);
    const names = new Set(namesOf(input.services).flatMap((one) => servicesOf(one, call.settings, model, containers)));
    const found = await readLogs(
      containers.filter(({ service, isOneOff }) => names.has(service) && !isOneOff),
      { ...input, request: { ...window, stream: input.stream } },
      call,
    );
    const end = Math.max(window.end, Math.ceil(found.lines.at(-1)?.at ?? 0));
    const withDay = spansDays(window.since, end);
    const options = { start, limit, room: limit > defaultLimit ? longRoom : usualRoom };
    const groups = input.collapse ? collapse(found.lines) : undefined;
    const { rows, next } =
      groups === undefined
        ? pageFromLast(
            found.lines.map((line) => lineRow(line, withDay)),
            { ...options, sizeOf: shownSize },
          )
        : pageFromFirst(
            groups.map((group) => groupRow(group, withDay)),
            { ...options, sizeOf: shownSize },
          );
    const service = plainName(worstOf(found.lines));
    return {
      summary: summaryOf(found.lines, groups, found.containers),
      window: `${timestamp(window.since)} to ${timestamp(end)}`,
      read: `${counted(found.linesRead, 'line')}, ${bytes(found.bytesRead)}`,
      rows: [...rows],
      total: groups?.length ?? found.lines.length,
      notExamined: found.missing.map((one) => ({ required: false, ...one })),
      ...(service === undefined ? {} : { service }),
      ...(next === undefined ? {} : { cursor: `${window.since}:${end}:${next}` }),
    };
  },
  render(report, { collapse: isCollapsed }) {
    const { summary, window, read, rows, total, notExamined, service, cursor } = report;
    const unseen = notExamined.map(({ what, why }) => `${what} (${why})`);
    const columns = isCollapsed
      ? (['count', 'level', 'from', 'first', 'time', 'line', 'example'] as const)
      : (['time', 'from', 'out', 'level', 'line'] as const);
    const noun = isCollapsed ? 'templates, errors first' : 'lines, the newest';
    return [
      summary,
      `Window: ${window}, times UTC; read: ${read}`,
      ...(unseen.length === 0 ? [] : [`Not examined: ${unseen.join('; ')}`]),
      ...(rows.length === 0 ? [] : ['', table(rows, columns)]),
      ...(rows.length < total ? [`${rows.length} of ${count(total)} ${noun}, shown`] : []),
      ...(cursor === undefined ? [] : [`More with the same arguments and cursor ${cursor}`]),
      ...(service === undefined ? [] : ['', nextCall('compose_diagnose', { service })]),
    ].join('\n');
  },
});

/** The service that most errors are of. */
function worstOf(lines: readonly OriginLine[]): string | undefined {
  const errors = new Map<string, number>();
  for (const { service, level } of lines) {
    if (level === 'error') errors.set(service, (errors.get(service) ?? 0) + 1);
  }
  return [...errors].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

function namesOf(given: readonly string[]): readonly string[] {
  return given.length === 0 ? ['*'] : given;
}

/** A later page looks at the window of the first: meanwhile there are new lines. */
function begun(
  { cursor }: { readonly cursor?: string | undefined },
  window: Window,
): { window: Window; start: number } {
  if (cursor === undefined) return { window, start: 0 };
  const [since, end, start] = (/^(\d{1,15}):(\d{1,15}):(\d{1,9})$/.exec(cursor) ?? []).slice(1).map(Number);
  if (since === undefined || end === undefined || start === undefined) {
    throw new ToolError('invalid_cursor', 'the cursor does not fit this list', { hint: 'Leave it out to start over.' });
  }
  return { window: { since, until: end, end }, start };
}

function lineRow({ at, service, number, stream, level, text }: OriginLine, withDay: boolean): z.input<typeof row> {
  return {
    time: clockTime(at, withDay),
    from: `${service}-${number}`,
    out: stream === 'stderr' ? 'err' : 'out',
    ...(level === undefined ? {} : { level }),
    line: cutText(text, shownText),
  };
}

/** Of a single line the line itself; of many the template, and one of them as an example. */
function groupRow(group: LineGroup, withDay: boolean): z.input<typeof row> {
  const { first, last, service, replicas, level, template, example } = group;
  const isOne = group.count === 1;
  return {
    count: group.count,
    time: clockTime(last, withDay),
    ...(isOne ? {} : { first: clockTime(first, withDay) }),
    from: replicas > 1 ? `${service} ×${replicas}` : service,
    ...(level === undefined ? {} : { level }),
    line: cutText(isOne ? example : template, shownText),
    ...(isOne || example === template ? {} : { example: cutText(example, shownText) }),
  };
}

function shownSize({ from, line, example = '' }: z.input<typeof row>): number {
  return overhead + from.length + line.length + example.length;
}

function summaryOf(lines: readonly OriginLine[], groups: readonly LineGroup[] | undefined, containers: number): string {
  const of = counted(containers, 'container');
  if (containers === 0) return 'No container of these services is here';
  if (lines.length === 0) return `No line of ${of} matches`;
  const number = (level: Level | undefined): number => lines.filter((line) => line.level === level).length;
  const parts = [
    ...levels.filter((level) => number(level) > 0).map((level) => `${count(number(level))} ${level}`),
    ...(number(undefined) > 0 ? [`${count(number(undefined))} without a level`] : []),
  ];
  const templates = groups === undefined ? '' : ` in ${counted(groups.length, 'template')}`;
  return `${counted(lines.length, 'line')} of ${of}${templates}: ${parts.join(', ')}`;
}
