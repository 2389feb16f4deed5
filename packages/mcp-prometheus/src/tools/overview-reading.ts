import { attempt, type Call, type NotExamined } from '@cinecom/mcp-core';
import {
  errorRatioOver,
  formatDuration,
  redExpressions,
  realFilesystems,
  type Span,
  sustained,
  withMatchers,
} from '@cinecom/promql';
import { burnLimits } from '../analysis/overview/judge-overview.ts';
import type { Burn, OverviewReading } from '../analysis/overview/reading.ts';
import { withoutExternal } from '../analysis/alerts/merge-alerts.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import type { PrometheusSettings } from '../settings.ts';
import { focusedAlerts } from './focused-alerts.ts';
import { knownFormulas } from './known-formulas.ts';
import { readRedSource } from './red-source.ts';
import { objectivesOf } from './slo-reading.ts';

const longestMs = 10_000;
const rateWindow = '5m';
const mostObjectives = 4;

type OverviewCall = Call<PrometheusBackend, PrometheusSettings>;

/** Reads all parts at once, each failing alone, within ten seconds. */
export async function readOverview(
  { focus, span }: { readonly focus: string; readonly span: Span },
  call: OverviewCall,
): Promise<{ readonly reading: OverviewReading; readonly missing: readonly NotExamined[] }> {
  const { backend, signal, settings } = call;
  const deadline = AbortSignal.timeout(longestMs);
  const under = AbortSignal.any([signal, deadline]);
  const part = <Value>(what: string, work: Promise<Value>, required = false) =>
    attempt(what, work, { required, deadline });
  const [ready, runtime, identity, targets, groups, alerts, managed, fired, resources, red, filling, dropped, burns] =
    await Promise.all([
      part('readiness', backend.isReady(under)),
      part('runtime', backend.runtimeInfo(under)),
      part('identity', backend.files.identity(under)),
      part('targets', focusedTargets(focus, backend, under), true),
      part('rules', backend.rules(under)),
      part('alerts', alertsIn(focus, backend, under), true),
      part('silences', managedAlerts(backend, under)),
      part('alerts of the window', firedIn(focus, span, backend, under)),
      part('resources', readResources(focus, backend, under)),
      part('services', readServices(focus, backend, under)),
      part('disks', backend.instant(fillingQuery(focus), {}, under)),
      part('notifications', backend.instant('sum(increase(prometheus_notifications_dropped_total[1h]))', {}, under)),
      part('objectives', readBurns(call, under)),
    ]);
  const all = [
    ready,
    runtime,
    identity,
    targets,
    groups,
    alerts,
    managed,
    fired,
    resources,
    red,
    filling,
    dropped,
    burns,
  ];
  return {
    reading: {
      ready: ready.value,
      runtime: runtime.value,
      identity: identity.value,
      targets: targets.value,
      groups: groups.value,
      alerts: alerts.value,
      managed: managed.value,
      fired: fired.value,
      resources: resources.value?.readings,
      errorRatios: red.value?.errorRatios,
      serviceLabel: red.value?.label ?? 'service',
      fillingUp: filling.value?.series,
      dropped: dropped.value?.series[0]?.points[0]?.[1],
      burns: burns.value ?? [],
    },
    missing: [
      ...all.flatMap(({ missing }) => missing),
      ...(resources.value?.readings.length === 0
        ? [{ what: 'hosts and containers', why: 'no metrics of node exporter or cAdvisor' }]
        : []),
      ...(settings.kpis.length > 0 ? [{ what: 'KPIs', why: 'prom_kpis tells them' }] : []),
      ...(red.value?.label === undefined && red.value !== undefined
        ? [{ what: 'services', why: 'no request metric is known' }]
        : []),
      ...(identity.value?.state === 'unknown'
        ? [{ what: 'configuration file', why: identity.value.differs.join(', ') }]
        : []),
    ],
  };
}

function fillingQuery(focus: string): string {
  const of = (metric: string) => withMatchers(metric, realFilesystems, focus);
  const free = of('node_filesystem_avail_bytes');
  return `predict_linear(${free}[6h], 345600) < 0 and ${free} / ${of('node_filesystem_size_bytes')} < 0.4 and ${free} offset 5h`;
}

/** Which targets and alerts match a selector, the server decides. */
async function focusedTargets(focus: string, backend: PrometheusBackend, signal: AbortSignal) {
  if (focus === '') return backend.targets(signal);
  const [targets, { series }] = await Promise.all([
    backend.targets(signal),
    backend.instant(`up{${focus}}`, {}, signal),
  ]);
  const wanted = new Set(series.map(({ labels }) => `${labels.job} ${labels.instance}`));
  return targets.filter(({ job, instance }) => wanted.has(`${job} ${instance}`));
}

async function alertsIn(focus: string, backend: PrometheusBackend, signal: AbortSignal) {
  return focusedAlerts(await backend.alerts(signal), focus, backend, signal);
}

async function managedAlerts(backend: PrometheusBackend, signal: AbortSignal) {
  const [{ alerts }, external] = await Promise.all([
    backend.alertmanagers.alerts([], signal),
    backend.externalLabels(signal),
  ]);
  return alerts.map((alert) => ({ ...alert, labels: withoutExternal(alert.labels, external) }));
}

async function firedIn(focus: string, { start, end }: Span, backend: PrometheusBackend, signal: AbortSignal) {
  const query = `count by (alertname, severity) (count_over_time(${withMatchers('ALERTS', 'alertstate="firing"', focus)}[${formatDuration(end - start)}]))`;
  return (await backend.instant(query, { at: end }, signal)).series;
}

/** Only what was beyond its threshold throughout its time: one question a figure. */
async function readResources(focus: string, backend: PrometheusBackend, signal: AbortSignal) {
  const formulas = await knownFormulas(focus, rateWindow, { backend, signal });
  const readings = await Promise.all(
    formulas.map(async (formula) => ({
      formula,
      now: [],
      held: (await backend.instant(sustained(formula), {}, signal)).series,
    })),
  );
  return { readings };
}

/** The last hour decides whether somebody must wake up, six hours whether somebody must look. */
async function readBurns(call: OverviewCall, signal: AbortSignal): Promise<readonly Burn[]> {
  if (call.settings.slos.length === 0) return [];
  const objectives = objectivesOf({ objective: 0.999, window: '30d' }, call).slice(0, mostObjectives);
  const read = await Promise.all(
    objectives.map(async ({ name, source, objective }) =>
      Promise.all(
        ['1h', '6h'].map(async (window): Promise<readonly Burn[]> => {
          const query = errorRatioOver(source, window);
          const { series } = query === undefined ? { series: [] } : await call.backend.instant(query, {}, signal);
          const ratios = series.map(({ points }) => points[0]?.[1] ?? NaN).filter(Number.isFinite);
          return ratios.length === 0 ? [] : [{ name, window, rate: Math.max(...ratios) / (1 - objective) }];
        }),
      ),
    ),
  );
  return read
    .map((windows) => windows.flat())
    .flatMap(([hour, sixHours]) =>
      hour !== undefined && hour.rate >= burnLimits.critical ? [hour] : sixHours === undefined ? [] : [sixHours],
    );
}

async function readServices(focus: string, backend: PrometheusBackend, signal: AbortSignal) {
  const source = await readRedSource({ backend, signal });
  const expression = source && redExpressions(source, focus, rateWindow).errorRatio;
  if (source === undefined || expression === undefined) return { errorRatios: undefined, label: undefined };
  return { errorRatios: (await backend.instant(expression, {}, signal)).series, label: source.service };
}
