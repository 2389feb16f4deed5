import { ApiError } from '../api-error.ts';
import { isoTime } from '../clock.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { environmentsOf, projectsOf } from '../scope.ts';
import { durationOf, matchesQuery } from '../search/match.ts';
import { parseQuery } from '../search/parse.ts';
import { bucketOf, bucketsOf, windowOf } from '../search/window.ts';
import type { SessionHour } from '../world/model.ts';

const hour = 3_600_000;
const day = 24 * hour;

interface Tally {
  sessions: number;
  crashed: number;
  users: number;
}

const measures: Readonly<Record<string, (tally: Tally) => number | null>> = {
  'sum(session)': ({ sessions }) => sessions,
  'count_unique(user)': ({ users }) => users,
  'crash_free_rate(session)': ({ sessions, crashed }) => (sessions === 0 ? null : 1 - crashed / sessions),
  'crash_rate(session)': ({ sessions, crashed }) => (sessions === 0 ? null : crashed / sessions),
  'crash_free_rate(user)': ({ users, crashed }) => (users === 0 ? null : 1 - Math.min(users, crashed) / users),
  'crash_rate(user)': ({ users, crashed }) => (users === 0 ? null : Math.min(users, crashed) / users),
};

const groupings: Readonly<Record<string, (each: SessionHour) => string | number>> = {
  project: ({ project }) => Number(project.id),
  release: ({ release }) => release,
  environment: ({ environment }) => environment,
  'session.status': () => 'healthy',
};

function pickFrom<Value>(table: Readonly<Record<string, Value>>, name: string, what: string): Value {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) throw new ApiError(400, `Invalid ${what}: "${name}"`);
  return found;
}

function intervalOf(call: Call): number {
  const interval = durationOf(call.query.get('interval') ?? '1h');
  if (interval === undefined || interval < hour)
    throw new ApiError(400, 'The interval has to be a multiple of the minimum interval of one hour.');
  if (interval > day) throw new ApiError(400, 'The interval has to be less than one day.');
  if (day % interval !== 0) throw new ApiError(400, 'The interval should divide one day without a remainder.');
  return interval;
}

function add(tally: Tally, each: SessionHour): void {
  tally.sessions += each.sessions;
  tally.crashed += each.crashed;
  // the same users come back each hour
  tally.users = Math.max(tally.users, each.users);
}

const emptyTally = (): Tally => ({ sessions: 0, crashed: 0, users: 0 });

interface Group {
  readonly by: Readonly<Record<string, string | number>>;
  readonly total: Tally;
  readonly series: readonly Tally[];
}

function isAsked(call: Call): (each: SessionHour) => boolean {
  const [projects, environments] = [projectsOf(call), environmentsOf(call)];
  const query = parseQuery(call.query.get('query') ?? '');
  return (each) => {
    if (!projects.has(each.project)) return false;
    if (environments.length > 0 && !environments.includes(each.environment)) return false;
    const { release, environment } = each;
    const values = new Map([
      ['release', release],
      ['environment', environment],
      ['project', each.project.slug],
    ]);
    return matchesQuery(query, (key) => values.get(key) ?? null, call.now);
  };
}

function groupSessions(call: Call, buckets: readonly number[], interval: number): readonly Group[] {
  const groupBy = call.query.getAll('groupBy').map((name) => [name, pickFrom(groupings, name, 'groupBy')] as const);
  const [from, accepts] = [buckets[0] ?? 0, isAsked(call)];
  const until = Math.min(from + buckets.length * interval, call.now + 1);
  const groups = new Map<string, Group>();
  const groupOf = (by: Group['by']): Group => {
    const name = JSON.stringify(by);
    const group = groups.get(name) ?? { by, total: emptyTally(), series: buckets.map(emptyTally) };
    groups.set(name, group);
    return group;
  };
  if (groupBy.length === 0) groupOf({});
  for (const each of call.state.sessions) {
    if (each.at < from || each.at >= until || !accepts(each)) continue;
    const group = groupOf(Object.fromEntries(groupBy.map(([name, valueOf]) => [name, valueOf(each)])));
    add(group.total, each);
    const tally = group.series[(bucketOf(each.at, interval) - from) / interval];
    if (tally) add(tally, each);
  }
  return [...groups.values()];
}

function showSessions(call: Call): Answer {
  const fields = call.query.getAll('field');
  if (fields.length === 0) throw new ApiError(400, 'Request is missing a "field"');
  const computed = fields.map((name) => [name, pickFrom(measures, name, 'field')] as const);
  const interval = intervalOf(call);
  const buckets = bucketsOf(windowOf(call.query, call.now, '90d'), interval);
  const from = buckets[0] ?? 0;
  const hasSeries = call.query.get('includeSeries') !== '0';
  const hasTotals = call.query.get('includeTotals') !== '0';
  const each = (show: (measure: (tally: Tally) => number | null) => unknown): Record<string, unknown> =>
    Object.fromEntries(computed.map(([name, measure]) => [name, show(measure)]));
  return {
    body: {
      start: isoTime(from),
      end: isoTime(from + buckets.length * interval),
      query: call.query.get('query') ?? '',
      intervals: buckets.map(isoTime),
      groups: groupSessions(call, buckets, interval).map(({ by, total, series }) => ({
        by,
        totals: hasTotals ? each((measure) => measure(total)) : {},
        series: hasSeries ? each((measure) => series.map(measure)) : {},
      })),
    },
  };
}

export const sessionRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${organizationPath}sessions/`,
    scopes: scopes.organization,
    feature: 'sessions',
    handle: showSessions,
  },
];
