import { attempt, ToolError } from '@cinecom/mcp-core';
import type { Trace, TraceError, Traces, TraceSpan } from '../../model/trace.ts';
import type { SentryApi } from '../http/api.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf, timeOf } from '../../model/told.ts';
import { withSpan } from './scope-query.ts';

const dayMs = 86_400_000;
const deepest = 500;
const mostNodes = 20_000;

export function createTraces(api: SentryApi, now: () => number): Traces {
  return {
    async find({ organization }, trace, { at, eventId }, signal) {
      const query = new URLSearchParams();
      if (at !== undefined) withSpan(query, { start: at - dayMs, end: Math.min(now(), at + dayMs) });
      else query.set('statsPeriod', '14d');
      const metaQuery = new URLSearchParams(query);
      if (eventId !== undefined) query.set('errorId', eventId);
      const [{ body }, { value: meta }] = await Promise.all([
        api.get('trace', { organization, trace }, query, signal),
        attempt('counts of the trace', api.get('traceMeta', { organization, trace }, metaQuery, signal)),
      ]);
      if (listOf(body).length === 0) throw new ToolError('backend_not_found', 'Sentry has nothing of this trace');
      return traceOf(listOf(body), fieldsOf(meta?.body));
    },
  };
}

function traceOf(items: readonly unknown[], meta: Fields): Trace {
  const nodes = items.map(fieldsOf);
  const isError = (told: Fields): boolean => /^(error|occurrence)$/.test(textOf(told['event_type']) ?? '');
  const budget = { left: mostNodes };
  return {
    roots: nodes.filter((told) => !isError(told)).flatMap((told) => spanOf(told, 0, budget) ?? []),
    looseErrors: nodes.filter(isError).map(errorOf),
    spanCount: numberOf(meta['spansCount']) ?? numberOf(meta['span_count']),
    errorCount: numberOf(meta['errorsCount']) ?? numberOf(meta['errors']),
    logCount: numberOf(meta['logsCount']) ?? numberOf(meta['logs']),
  };
}

/** Bounded in depth and number, whatever is sent. */
function spanOf(told: Fields, depth: number, budget: { left: number }): TraceSpan | undefined {
  budget.left -= 1;
  if (depth > deepest || budget.left < 0) return undefined;
  return {
    id: textOf(told['event_id']) ?? textOf(told['span_id']) ?? '',
    parentId: textOf(told['parent_span_id']),
    projectId: textOf(told['project_id']),
    project: textOf(told['project_slug']),
    op: textOf(told['op']) ?? textOf(told['transaction.op']),
    description: textOf(told['description']) ?? textOf(told['name']),
    transaction: textOf(told['transaction']),
    start: timeOf(told['start_timestamp']),
    end: timeOf(told['end_timestamp']) ?? timeOf(told['timestamp']),
    errors: [...listOf(told['errors']), ...listOf(told['occurrences'])].map((item) => errorOf(fieldsOf(item))),
    children: listOf(told['children']).flatMap((item) => spanOf(fieldsOf(item), depth + 1, budget) ?? []),
  };
}

function errorOf(told: Fields): TraceError {
  return {
    project: textOf(told['project_slug']),
    projectId: textOf(told['project_id']),
    issueId: textOf(told['issue_id']),
    shortId: textOf(told['short_id']) ?? textOf(told['issue']),
    title: textOf(told['description']) ?? textOf(told['title']),
    level: textOf(told['level']),
    at: timeOf(told['start_timestamp']) ?? timeOf(told['timestamp']),
  };
}
