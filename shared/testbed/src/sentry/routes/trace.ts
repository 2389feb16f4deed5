import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { visibleProjects } from '../scope.ts';
import type { IssueRun } from '../world/event-detail.ts';
import { valueAt } from '../world/rows.ts';
import type { SpanRun } from '../world/spans.ts';

interface Node {
  readonly id: string;
  readonly parent: string | undefined;
  readonly start: number;
  readonly shown: Record<string, unknown>;
  readonly children: Record<string, unknown>[];
  readonly errors: Record<string, unknown>[];
}

const textAt = (run: SpanRun, field: string, index: number): string => String(valueAt(run, field, index) ?? '');

function nodeOf(run: SpanRun, index: number): Node {
  const [id, start, duration] = [run.spanIdOf(index), run.at[index] ?? 0, run.durationOf(index)];
  const [children, errors]: [Record<string, unknown>[], Record<string, unknown>[]] = [[], []];
  return {
    id,
    parent: run.parentSpanId,
    start,
    children,
    errors,
    shown: {
      event_id: id,
      event_type: 'span',
      description: textAt(run, 'span.description', index),
      project_id: Number(run.project.id),
      project_slug: run.project.slug,
      transaction: textAt(run, 'transaction', index),
      transaction_id: id,
      op: textAt(run, 'span.op', index),
      name: textAt(run, 'span.description', index),
      parent_span_id: run.parentSpanId ?? null,
      is_transaction: run.isTransaction,
      start_timestamp: start / 1000,
      end_timestamp: (start + duration) / 1000,
      duration,
      measurements: {},
      browser_web_vital: {},
      mobile_app_vital: {},
      profile_id: '',
      profiler_id: '',
      sdk_name: 'sentry.javascript.node',
      additional_attributes: { 'span.status': textAt(run, 'span.status', index) },
      children,
      errors,
      occurrences: [],
    },
  };
}

function showError(run: IssueRun, index: number): Record<string, unknown> {
  const { issue, project } = run;
  return {
    event_id: run.idOf(index),
    event_type: 'error',
    description: issue.title,
    project_id: Number(project.id),
    project_slug: project.slug,
    transaction: String(run.constants.get('transaction') ?? ''),
    issue_id: Number(issue.id),
    level: issue.level,
    start_timestamp: (run.at[index] ?? 0) / 1000,
    end_timestamp: (run.at[index] ?? 0) / 1000,
    culprit: issue.culprit,
    short_id: issue.shortId,
    issue_type: 1,
  };
}

interface Found {
  readonly spans: readonly Node[];
  readonly errors: readonly { readonly run: IssueRun; readonly index: number }[];
}

function findTrace(call: Call): Found {
  const [id, visible] = [call.parameters['trace_id'], new Set(visibleProjects(call))];
  const isShown = (run: SpanRun | IssueRun, index: number): boolean =>
    visible.has(run.project) &&
    run.isVisible() &&
    (run.at[index] ?? 0) <= call.now &&
    valueAt(run, 'trace', index) === id;
  const spans: Node[] = [];
  for (const run of call.state.spans)
    for (let index = 0; index < run.at.length; index += 1) if (isShown(run, index)) spans.push(nodeOf(run, index));
  const errors: { run: IssueRun; index: number }[] = [];
  for (const run of call.state.errors) {
    if (run.constants.get('trace') !== id) continue;
    for (let index = 0; index < run.at.length; index += 1) if (isShown(run, index)) errors.push({ run, index });
  }
  return { spans, errors };
}

/** Roots with their spans below them; spans whose parent is missing and errors without span stand at the top. */
function showTrace(call: Call): Answer {
  const { spans, errors } = findTrace(call);
  const byId = new Map(spans.map((node) => [node.id, node]));
  const top: Record<string, unknown>[] = [];
  for (const node of spans.toSorted((left, right) => left.start - right.start)) {
    const parent = node.parent === undefined ? undefined : byId.get(node.parent);
    (parent && parent !== node ? parent.children : top).push(node.shown);
  }
  for (const { run, index } of errors) {
    const span = byId.get(String(run.constants.get('span_id')));
    (span ? span.errors : top).push(showError(run, index));
  }
  return { body: top };
}

function showMeta(call: Call): Answer {
  const { spans, errors } = findTrace(call);
  const counts = new Map<string, number>();
  for (const { shown } of spans) counts.set(String(shown['op']), (counts.get(String(shown['op'])) ?? 0) + 1);
  const logs = call.state.logs.filter((run) => run.constants.get('trace') === call.parameters['trace_id']);
  return {
    body: {
      errorsCount: errors.length,
      logsCount: logs.reduce((sum, run) => sum + run.at.length, 0),
      metricsCount: 0,
      performanceIssuesCount: 0,
      spansCount: spans.length,
      transactionChildCountMap: spans
        .filter((node) => node.shown['is_transaction'] === true)
        .map((node) => ({ 'transaction.event_id': node.id, 'count()': node.children.length })),
      spansCountMap: Object.fromEntries(counts),
      ...(call.query.get('include_uptime') === '1' ? { uptimeCount: 0 } : {}),
    },
  };
}

export const traceRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${organizationPath}trace/{trace_id}/`,
    scopes: scopes.organization,
    handle: showTrace,
  },
  {
    method: 'GET',
    template: `${organizationPath}trace-meta/{trace_id}/`,
    scopes: scopes.organization,
    handle: showMeta,
  },
];
