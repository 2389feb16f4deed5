import { numberAt } from '../analysis/query/number-at.ts';
import { attempt, type NotExamined } from '@cinecom/mcp-core';
import { droppedInWindow, type ToldDrops } from '../analysis/fleet/drops-of-window.ts';
import type { FleetProject, FleetSpans } from '../analysis/fleet/fleet-project.ts';
import { wholeCount } from '../analysis/fleet/whole-count.ts';
import { type UsageTotals, totalUsage } from '../analysis/usage/total-usage.ts';
import { wholeHours } from '../analysis/whole-hours.ts';
import type { Issue } from '../model/issue.ts';
import type { TableAnswer } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import { type BucketLength, withBursts } from './fleet-bursts.ts';
import type { SentryCall } from './scope.ts';

const mostPages = 10;
const hourMs = 3_600_000;
/** A second more is how Sentry writes the end of a span. */
const leastOutsideHours = 1 / 60;

export interface FleetSpansRead {
  readonly window: Span;
  readonly baseline: Span;
  /** Buckets in which bursts are looked for: hours by default, days for long spans. */
  readonly interval?: BucketLength;
}

/** Error rates of a fleet, and what became of its events. */
export interface FleetReading {
  readonly projects: readonly FleetProject[];
  readonly spans: FleetSpans;
  /** Outcomes of the hours that hold the window, by project; undefined where they could not be read. */
  readonly usage: UsageTotals | undefined;
  /** The time of these outcomes, where it is more than the window. */
  readonly usageSpan: Span | undefined;
  readonly missing: readonly NotExamined[];
}

/**
 * Errors by project, in the window and in the baseline before it: a page of a hundred projects a request.
 * @param newIssues issues that were first seen in the window
 */
export async function readFleet(
  scope: Scope,
  { window, baseline, interval = '1h' }: FleetSpansRead,
  newIssues: readonly Issue[],
  call: SentryCall,
): Promise<FleetReading> {
  const { backend, clock, signal } = call;
  const [now, before, outcomes] = await Promise.all([
    countsOf(scope, window, call),
    countsOf(scope, baseline, call),
    attempt(
      'what became of events',
      backend.usage.outcomes(
        scope,
        { groupBy: ['project', 'outcome', 'reason'], category: 'error', interval: '1h', span: window },
        signal,
      ),
    ),
  ]);
  const usage = outcomes.value === undefined ? undefined : totalUsage(outcomes.value.counts, 'project');
  const spans = { windowHours: hoursOf(window), baselineHours: hoursOf(baseline) };
  const counted = outcomes.value?.span ?? wholeHours(window);
  const told = { start: counted.start, end: Math.max(window.end, Math.min(counted.end, clock.now())) };
  const outsideHours = hoursOf(told) - spans.windowHours;
  const projects = scope.projects.map(({ id, slug }) => {
    const [events, eventsBefore] = [now.counts.get(slug)?.events ?? 0, before.counts.get(slug)?.events ?? 0];
    const usual = eventsBefore / spans.baselineHours;
    return {
      project: slug,
      events,
      users: now.counts.get(slug)?.users ?? 0,
      eventsBefore,
      hourly: [],
      newUnhandledUsers: newIssues
        .filter((issue) => issue.project === slug && issue.isUnhandled === true)
        .map(({ users }) => users ?? 0),
      ...(usage === undefined ? {} : dropsOf(id, usage, { events, usual, outsideHours })),
    };
  });
  const fleet = await withBursts(projects, { spans, baseline, interval }, scope, call);
  return {
    projects: fleet.projects,
    spans,
    usage,
    usageSpan: outsideHours > leastOutsideHours ? told : undefined,
    missing: [...outcomes.missing, ...fleet.missing, ...estimates([now, before])],
  };
}

/** Drops that must be of the window, and the others of the hours that hold it. */
function dropsOf(
  id: string,
  { drops, rows }: UsageTotals,
  told: Pick<ToldDrops, 'events' | 'usual' | 'outsideHours'>,
): Pick<FleetProject, 'dropped' | 'droppedNearby'> {
  const all = drops
    .filter(({ projectId, kind }) => projectId === id && kind !== 'dropped by the client')
    .reduce((sum, { total }) => sum + total, 0);
  const accepted = rows.find(({ key }) => key === id)?.byKind.accepted ?? 0;
  const dropped = droppedInWindow({ dropped: all, accepted, ...told });
  return { dropped, droppedNearby: all - dropped };
}

interface Counts {
  readonly events: number;
  readonly users: number;
}

interface Counted {
  readonly counts: ReadonlyMap<string, Counts>;
  readonly isPartial: boolean;
}

async function countsOf(scope: Scope, span: Span, { backend, signal }: SentryCall): Promise<Counted> {
  const counts = new Map<string, Counts>();
  const fields = ['project', 'count()', 'count_unique(user)'];
  let isPartial = false;
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const answer: TableAnswer = await backend.queries.table(
      scope,
      { dataset: 'errors', fields, sort: '-count()', limit: 100, span, cursor },
      signal,
    );
    for (const row of answer.rows) {
      counts.set(String(row.get('project') ?? ''), {
        events: wholeCount(numberAt(row, 'count()')),
        users: wholeCount(numberAt(row, 'count_unique(user)')),
      });
    }
    isPartial ||= answer.isPartial;
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  return { counts, isPartial };
}

function estimates(read: readonly Counted[]): readonly NotExamined[] {
  if (!read.some(({ isPartial }) => isPartial)) return [];
  return [
    {
      what: 'all of the errors',
      why: 'Sentry scanned a part of the data only: counts are estimates; a shorter baseline scans less',
      required: false,
    },
  ];
}

function hoursOf({ start, end }: Span): number {
  return (end - start) / hourMs;
}
