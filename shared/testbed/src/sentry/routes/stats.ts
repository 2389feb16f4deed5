import { ApiError } from '../api-error.ts';
import { isoTime } from '../clock.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { projectsOf } from '../scope.ts';
import { durationOf } from '../search/match.ts';
import { bucketOf, bucketsOf, type Window, windowOf } from '../search/window.ts';
import type { Project } from '../world/model.ts';
import { lowerBound, rowsBetween, type Run } from '../world/rows.ts';

interface Counted {
  readonly project: Project;
  readonly outcome: string;
  readonly category: string;
  readonly reason: string;
  readonly at: number;
  readonly quantity: number;
}

const hour = 3_600_000;

/** Stored rows were accepted, hour by hour. */
function* accepted(runs: readonly Run[], category: string, window: Window): Generator<Counted> {
  for (const run of runs) {
    const { first, end } = rowsBetween(run, window.from, window.to);
    for (let index = first; index < end;) {
      const at = bucketOf(run.at[index] ?? 0, hour);
      const next = Math.min(end, lowerBound(run.at, at + hour));
      yield { project: run.project, outcome: 'accepted', category, reason: 'none', at, quantity: next - index };
      index = next;
    }
  }
}

function* allOutcomes(call: Call, window: Window): Generator<Counted> {
  yield* accepted(call.state.errors, 'error', window);
  yield* accepted(
    call.state.spans.filter((run) => run.isTransaction),
    'transaction',
    window,
  );
  yield* call.state.outcomes.filter((each) => each.at >= window.from && each.at < window.to);
}

type Grouping = 'outcome' | 'category' | 'reason' | 'project';

function groupKey(counted: Counted, groupBy: readonly string[]): Record<string, string | number> {
  return Object.fromEntries(
    groupBy.map((name) => [
      name,
      name === 'project' ? Number(counted.project.id) : counted[name as Exclude<Grouping, 'project'>],
    ]),
  );
}

/** Grouped by project there is no series, but the span is widened to whole intervals all the same. */
function intervalOf(call: Call): number {
  const interval = durationOf(call.query.get('interval') ?? '1h');
  if (interval === undefined || interval < hour || interval > 24 * hour || (24 * hour) % interval !== 0)
    throw new ApiError(400, 'The interval has to be between 1h and 1d and divide one day.');
  return interval;
}

function accepts(call: Call, counted: Counted): boolean {
  return (['category', 'outcome', 'reason'] as const).every((name) => {
    const wanted = call.query.getAll(name);
    return wanted.length === 0 || wanted.includes(counted[name]);
  });
}

function showStats(call: Call): Answer {
  const [groupBy, field] = [call.query.getAll('groupBy'), call.query.get('field')];
  if (field === null) throw new ApiError(400, 'At least one "field" is required.');
  if (groupBy.length === 0) throw new ApiError(400, 'At least one "groupBy" is required.');
  const window = windowOf(call.query, call.now, '90d');
  if (!call.query.has('category') && !groupBy.includes('category'))
    throw new ApiError(400, 'Query must have category as groupby or filter');
  const interval = intervalOf(call);
  const isWhole = groupBy.includes('project');
  const buckets = bucketsOf(window, interval);
  const from = buckets[0] ?? window.from;
  const to = from + buckets.length * interval;
  const projects = projectsOf(call);
  const groups = new Map<string, { by: Record<string, string | number>; series: number[] }>();
  for (const counted of allOutcomes(call, { from, to })) {
    if (!projects.has(counted.project) || !accepts(call, counted)) continue;
    const by = groupKey(counted, groupBy);
    const name = JSON.stringify(by);
    const group = groups.get(name) ?? { by, series: isWhole ? [0] : buckets.map(() => 0) };
    groups.set(name, group);
    const position = isWhole ? 0 : Math.floor((counted.at - from) / interval);
    group.series[position] = (group.series[position] ?? 0) + counted.quantity;
  }
  return {
    body: {
      start: isoTime(from),
      end: isoTime(to),
      intervals: isWhole ? [] : buckets.map(isoTime),
      groups: [...groups.values()].map(({ by, series }) => ({
        by,
        totals: { [field]: series.reduce((sum, each) => sum + each, 0) },
        series: isWhole ? {} : { [field]: series },
      })),
    },
  };
}

export const statsRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${organizationPath}stats_v2/`,
    scopes: scopes.organization,
    feature: 'stats',
    handle: showStats,
  },
];
