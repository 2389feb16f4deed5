import { attempt, type Attempt, type Call, type NotExamined } from '@cinecom/mcp-core';
import {
  chooseStep,
  formatDuration,
  metricOf,
  parseQuery,
  selectorsOf,
  type Point,
  type Series,
} from '@cinecom/promql';
import { type DeadRule, deadRules, type Presence, presenceOf } from '../analysis/what-changed/absent.ts';
import { type ChangeEvent, eventsOf } from '../analysis/what-changed/events.ts';
import {
  familiesOf,
  type Family,
  familyLabel,
  familyQueries,
  mostChanged,
  mostFamilies,
} from '../analysis/what-changed/families.ts';
import { baselineMs, type FamilySeries, meanMs, moverOf } from '../analysis/what-changed/movers.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import type { PrometheusSettings } from '../settings.ts';

export type ChangeCall = Call<PrometheusBackend, PrometheusSettings>;

/** The time that is looked at, UTC ms. */
export interface ChangeWindow {
  /** When the trouble began. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

const minuteMs = 60_000;
const weekMs = 7 * 86_400_000;
const points = 300;
/** What tells one process of a build from another. */
const byInstance = 'instance, pod, pod_name, pod_ip, node, host, hostname, uid, container_id, endpoint, id';

export function stepOf(spanMs: number): number {
  return chooseStep(spanMs + baselineMs, points, minuteMs);
}

export interface Symptom {
  readonly points: readonly Point[];
  readonly metrics: readonly string[];
}

/** The mean of the symptom's series at each moment. */
export async function readSymptom(
  query: string | undefined,
  { from, to, stepMs }: Omit<ChangeWindow, 'at'>,
  { backend, signal }: ChangeCall,
): Promise<Symptom | undefined> {
  if (query === undefined) return undefined;
  const { series } = await backend.range(query, { start: from - baselineMs, end: to, stepMs }, signal);
  const sums = new Map<number, readonly [sum: number, count: number]>();
  for (const [at, value] of series.flatMap((one) => one.points)) {
    const [sum, count] = sums.get(at) ?? [0, 0];
    if (Number.isFinite(value)) sums.set(at, [sum + value, count + 1]);
  }
  const { expr } = parseQuery(query);
  return {
    points: [...sums].map(([at, [sum, count]]) => [at, sum / count] as const).toSorted(([a], [b]) => a - b),
    metrics: expr === undefined ? [] : selectorsOf(expr).flatMap(({ selector }) => metricOf(selector) ?? []),
  };
}

/** When the symptom moved most; undefined where it did not. */
export function onsetOfSymptom(symptom: Symptom, window: Omit<ChangeWindow, 'at'>): number | undefined {
  return moverOf({ family: '', labels: {}, points: symptom.points }, { ...window, at: window.to })?.at;
}

/** What happened, each kind failing alone. */
export async function readEvents(
  { from, to, stepMs }: ChangeWindow,
  { backend, signal }: ChangeCall,
): Promise<Attempt<readonly ChangeEvent[]>> {
  const span = { start: Math.floor((from - stepMs) / stepMs) * stepMs, end: to, stepMs };
  const range = async (what: string, query: string) => attempt(what, backend.range(query, span, signal));
  const reach = formatDuration(Math.ceil((to - from) / 1000) * 1000);
  const since = Math.floor(from / 1000);
  const [builds, starts, up, targets, replicas, alerts, runtime] = await Promise.all([
    range(
      'deployments',
      `group without (${byInstance}) (label_replace({__name__=~".+_build_info"}, "${familyLabel}", "$1", "__name__", "(.+)"))`,
    ),
    attempt(
      'restarts',
      backend.instant(
        `last_over_time({__name__=~"process_start_time_seconds|node_boot_time_seconds"}[${reach}]) >= ${since}`,
        { at: to },
        signal,
      ),
    ),
    range('targets', 'sum by (job) (up)'),
    range('targets', 'count by (job) (up)'),
    range(
      'replicas',
      'sum by (namespace, deployment, statefulset) ({__name__=~"kube_deployment_spec_replicas|kube_statefulset_replicas"})',
    ),
    range('alerts', 'count by (alertname, severity) (ALERTS{alertstate="firing"})'),
    attempt('reloads', backend.runtimeInfo(signal)),
  ]);
  const seriesOf = ({ value }: typeof builds): readonly Series[] => value?.series ?? [];
  const inside = (at: number | undefined): number | undefined => (at !== undefined && at <= to ? at : undefined);
  return {
    value: eventsOf({
      from,
      stepMs,
      builds: seriesOf(builds),
      starts: seriesOf(starts),
      up: seriesOf(up),
      targets: seriesOf(targets),
      replicas: seriesOf(replicas),
      alerts: seriesOf(alerts),
      reloadedAt: inside(runtime.value?.lastReloadAt),
      startedAt: inside(runtime.value?.startedAt),
    }),
    missing: [builds, starts, up, targets, replicas, alerts, runtime].flatMap(({ missing }) => missing),
  };
}

export interface AbsenceReading {
  readonly presence: Presence | undefined;
  readonly dead: readonly DeadRule[];
  /** Metrics at the end of the window. */
  readonly names: ReadonlySet<string>;
}

/** Which metrics and jobs there were before, after and a week ago, and the rules that rest on none. */
export async function readAbsence(
  { from, to }: ChangeWindow,
  { backend, signal, clock }: ChangeCall,
): Promise<{ readonly reading: AbsenceReading; readonly missing: readonly NotExamined[] }> {
  const setOf = async (what: string, query: string, label: string, at: number) =>
    attempt(
      what,
      backend
        .instant(query, { at }, signal)
        .then(({ series }) => new Set(series.flatMap(({ labels }) => labels[label] ?? []))),
    );
  const names = async (what: string, at: number) => setOf(what, 'count by (__name__) ({__name__!=""})', '__name__', at);
  const jobs = async (at: number) => setOf('jobs', 'group by (job) (up)', 'job', at);
  const [before, after, weekAgo, jobsNow, jobsWeekAgo, rules] = await Promise.all([
    names('metrics that came and went', from),
    names('metrics', to),
    names('metrics of a week ago', to - weekMs),
    jobs(to),
    jobs(to - weekMs),
    attempt('dead alerts', backend.rules(signal)),
  ]);
  const present = after.value ?? new Set<string>();
  const isNow = clock.now() - to < 10 * minuteMs;
  return {
    reading: {
      names: present,
      presence:
        after.value === undefined
          ? undefined
          : presenceOf({
              before: before.value ?? new Set(),
              after: present,
              weekAgo: weekAgo.value,
              jobsNow: jobsNow.value ?? new Set(),
              jobsWeekAgo: jobsNow.value === undefined ? new Set() : (jobsWeekAgo.value ?? new Set()),
            }),
      // the rules are those of now
      dead: isNow && present.size > 0 ? deadRules(rules.value ?? [], present) : [],
    },
    missing: [
      ...[before, after, weekAgo, jobsNow, rules].flatMap(({ missing }) => missing),
      ...(isNow ? [] : [{ what: 'dead alerts', why: 'the rules are those of now, not of then' }]),
      ...(weekAgo.value?.size === 0 ? [{ what: 'what was there a week ago', why: 'no history' }] : []),
    ],
  };
}

/** Metric families by job and service over the window, those that differ most where there are too many. */
export async function readFamilies(
  names: ReadonlySet<string>,
  symptom: Symptom | undefined,
  window: ChangeWindow,
  call: ChangeCall,
): Promise<{ readonly series: readonly FamilySeries[]; readonly missing: readonly NotExamined[] }> {
  const { backend, signal } = call;
  const metadata = await attempt('types of metrics', backend.metadata(signal));
  const scrape = await attempt('scrape intervals', backend.targets(signal));
  const slowest = Math.max(0, ...(scrape.value ?? []).map(({ scrapeIntervalMs }) => scrapeIntervalMs));
  const all = familiesOf([...names], {
    typeOf: (name) => metadata.value?.get(name)?.type,
    symptom: symptom?.metrics ?? [],
    windowMs: Math.max(4 * minuteMs, 4 * slowest),
  });
  const chosen = all.length <= mostFamilies ? all : await screened(all, window, call);
  const span = { start: window.from - baselineMs, end: window.to, stepMs: window.stepMs };
  const parts = await Promise.all(
    familyQueries(chosen).map(async (query) => attempt('some metrics', backend.range(query, span, signal))),
  );
  return {
    series: parts.flatMap(({ value }) =>
      (value?.series ?? []).map(({ labels, points: own }) => ({
        family: labels[familyLabel] ?? '',
        labels,
        points: own,
      })),
    ),
    missing: [
      ...metadata.missing,
      ...parts.flatMap(({ missing }) => missing).slice(0, 1),
      ...(all.length > chosen.length
        ? [
            {
              what: `${all.length - chosen.length} of ${all.length} metric families`,
              why: 'they differ least between before and after',
            },
          ]
        : []),
    ],
  };
}

/** Two moments of every family are cheap; the whole window is asked only of those that differ. */
async function screened(
  families: readonly Family[],
  { from, at, to }: ChangeWindow,
  { backend, signal }: ChangeCall,
): Promise<readonly Family[]> {
  const momentOf = async (moment: number): Promise<ReadonlyMap<string, number>> => {
    const parts = await Promise.all(
      familyQueries(families).map(async (query) => attempt('', backend.instant(query, { at: moment }, signal))),
    );
    const sums = new Map<string, number>();
    for (const { labels, points: own } of parts.flatMap(({ value }) => value?.series ?? [])) {
      const name = labels[familyLabel] ?? '';
      sums.set(name, (sums.get(name) ?? 0) + (own[0]?.[1] ?? 0));
    }
    return sums;
  };
  const [before, after] = await Promise.all([momentOf(from), momentOf(Math.min(to, at + meanMs / 3))]);
  return mostChanged(families, before, after);
}
