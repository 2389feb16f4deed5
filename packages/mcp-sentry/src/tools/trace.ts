import { counted, duration, nextCall, outside, percent, table, timestamp, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { isAllowed, outsideScope, readTrace, type SpanRow } from '../analysis/traces/read-trace.ts';
import type { Trace } from '../model/trace.ts';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { shortened } from './issue-rows.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const limits = { mostRows: 20, mostErrors: 10, mostGaps: 5 };

export const trace = defineTool({
  name: 'sentry_trace',
  title: 'Trace',
  description:
    'Where the time of one request went and what failed first: distributed trace cut to its critical path and errors, self time by project, gaps, orphan spans.',
  searchHint: 'distributed trace spans latency slow request critical path waterfall トレース 遅延 分散',
  risk: 'read',
  input: z.strictObject({
    trace: z
      .string()
      .regex(/^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$/, 'expected 32 hex')
      .describe('trace id, 32 hex'),
    event: z
      .string()
      .regex(/^[0-9a-fA-F]{32}$/, 'expected 32 hex')
      .optional()
      .describe('id of an error in it'),
    at: z.iso.datetime().optional().describe('a moment of it, for old ones'),
    organization: scopeInput.organization,
  }),
  output: z.strictObject({
    summary: z.string(),
    spans: z.array(
      z.strictObject({
        span: outside(z.string()),
        project: outside(z.string()),
        depth: z.int(),
        start: z.string(),
        length: z.string(),
        self: z.string(),
        path: z.string(),
        errors: z.string(),
      }),
    ),
    projects: z.array(
      z.strictObject({ project: outside(z.string()), self: z.string(), share: z.string(), spans: z.int() }),
    ),
    errors: z.array(
      z.strictObject({
        after: z.string(),
        project: outside(z.string()),
        issue: outside(z.string()),
        title: outside(z.string()),
      }),
    ),
    gaps: z.array(
      z.strictObject({
        project: outside(z.string()),
        within: outside(z.string()),
        start: z.string(),
        length: z.string(),
      }),
    ),
    notes: z.array(z.string()),
    first: z.string().optional().describe('issue for the next call'),
    source,
  }),
  async handle({ trace: id, event, at, organization }, call) {
    const scope = await scopeOf({ organization }, call);
    const traceId = id.replaceAll('-', '').toLowerCase();
    const moment = at === undefined ? undefined : Date.parse(at);
    const found = await call.backend.traces.find(
      scope,
      traceId,
      { at: moment, eventId: event?.toLowerCase() },
      call.signal,
    );
    const allowed = scope.isCut ? new Set(scope.projects.map((project) => project.id)) : undefined;
    const read = readTrace(found, { allowed, ...limits });
    refuseForeign(found, read, scope);
    const first = plainName(read.errors.find(({ shortId }) => shortId !== undefined)?.shortId);
    return {
      summary: summaryOf(found, read),
      ...rowsOf(read),
      notes: notesOf(read),
      ...(first === undefined ? {} : { first }),
      source: sourceOf(
        call.backend.url,
        scope.organization,
        `/traces/trace/${traceId}/`,
        `GET organizations/${scope.organization}/trace/${traceId}/`,
      ),
    };
  },
  render(report) {
    const part = (title: string, rows: string): string => (rows === '(none)' ? '' : `${title}:\n${rows}`);
    const parts = [
      report.summary,
      part('Errors in order', table(report.errors, ['after', 'project', 'issue', 'title'])),
      part('Self time', table(report.projects, ['project', 'self', 'share', 'spans'])),
      part(
        'Critical path and failing spans',
        table(report.spans, ['depth', 'span', 'project', 'start', 'length', 'self', 'path', 'errors']),
      ),
      part('Gaps', table(report.gaps, ['project', 'within', 'start', 'length'])),
      report.notes.join('\n'),
      renderSource(report.source),
      report.first === undefined
        ? nextCall('sentry_performance')
        : nextCall('sentry_root_cause', { issue: report.first }),
    ];
    return parts.filter((text) => text !== '').join('\n\n');
  },
});

type Reading = ReturnType<typeof readTrace>;

/** A trace of which nothing lies in scope is not shown at all. */
function refuseForeign({ looseErrors }: Trace, read: Reading, scope: Scope): void {
  if (!scope.isCut) return;
  const allowed = new Set(scope.projects.map(({ id }) => id));
  const isOurs = read.outsideScope < read.spans || looseErrors.some(({ projectId }) => isAllowed(projectId, allowed));
  if (isOurs) return;
  throw new ToolError('out_of_scope', 'no span of this trace is of a project of --project (SENTRY_PROJECT)', {
    hint: 'Add the project to the list, or give a trace of one that is on it.',
  });
}

function summaryOf({ spanCount }: Trace, read: Reading): string {
  const known = spanCount === undefined || spanCount <= read.spans ? '' : ` of ${spanCount}`;
  const length = read.lengthMs === undefined ? 'length not told' : duration(read.lengthMs);
  const since = read.startedAt === undefined ? '' : ` from ${timestamp(read.startedAt)}`;
  const projects = counted(read.projects.filter(({ project }) => project !== outsideScope).length, 'project');
  return `${counted(read.errorTotal, 'error')} in a trace of ${length}${since}: ${counted(read.spans, 'span')}${known}, ${projects}`;
}

function rowsOf(read: Reading) {
  const total = read.projects.reduce((sum, { selfMs }) => sum + selfMs, 0);
  return {
    spans: read.rows.map(spanRow),
    projects: read.projects.slice(0, 10).map(({ project, selfMs, spans }) => ({
      project,
      self: duration(selfMs),
      share: total === 0 ? '–' : percent(selfMs / total),
      spans,
    })),
    errors: read.errors.map(({ afterMs, project, shortId, title }) => ({
      after: afterMs === undefined ? '–' : duration(afterMs),
      project,
      issue: shortId ?? '',
      title: shortened(title),
    })),
    gaps: read.gaps.map(({ project, what, startMs, lengthMs }) => ({
      project,
      within: shortened(what, 80),
      start: duration(startMs),
      length: duration(lengthMs),
    })),
  };
}

function spanRow({ depth, project, what, startMs, lengthMs, selfMs, pathMs, errors }: SpanRow) {
  const shown = (ms: number | undefined): string => (ms === undefined ? '–' : duration(ms));
  return {
    span: shortened(what, 100),
    project,
    depth,
    start: shown(startMs),
    length: shown(lengthMs),
    self: shown(selfMs),
    path: pathMs === undefined ? '' : duration(pathMs),
    errors: errors === 0 ? '' : String(errors),
  };
}

function notesOf(read: Reading): string[] {
  const trees = read.otherRoots - read.orphans;
  return [
    `Gap: at least ${duration(read.gapThresholdMs)} within a span that has children, in which none of them runs; ${read.gapTotal} found.`,
    ...(read.spans > read.rows.length ? [`${read.rows.length} of ${read.spans} spans shown.`] : []),
    ...(read.errorTotal > read.errors.length ? [`${read.errors.length} of ${read.errorTotal} errors shown.`] : []),
    ...(read.orphans === 0
      ? []
      : [
          `${counted(read.orphans, 'orphan span')}: the parent is not in the trace, so a service in between sends nothing or was sampled out.`,
        ]),
    ...(trees === 0 ? [] : [`${counted(trees, 'further root')}.`]),
    ...(read.untimed === 0 ? [] : [`${counted(read.untimed, 'span')} without times.`]),
    ...(read.outsideScope === 0 ? [] : [`${counted(read.outsideScope, 'span')} outside scope: only times are shown.`]),
    ...(read.isCut ? ['The trace has more spans than are read: the rest is left out.'] : []),
  ];
}
