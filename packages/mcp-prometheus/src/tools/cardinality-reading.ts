import { attempt, type NotExamined } from '@cinecom/mcp-core';
import { checkQuery, metricOf, quoteLabelValue, selectorsOf, type Series } from '@cinecom/promql';
import type { CardinalityReading, MetricSize } from '../analysis/cardinality/judge-cardinality.ts';
import type { Asking } from './asking.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A count over all series reads each of them; beyond this many only the lists of the server are taken. */
const mostCounted = 2_000_000;
const metricsWithLabels = 5;
const mostLabels = 12;

/** Sizes of the largest metrics, or of one, with what changes them; each part fails alone. */
export async function readCardinality(
  { metric, top }: { readonly metric: string | undefined; readonly top: number },
  asking: Asking,
): Promise<{ readonly reading: CardinalityReading; readonly missing: readonly NotExamined[] }> {
  const { backend, signal } = asking;
  const [status, runtime, used, added, now, before] = await Promise.all([
    attempt('numbers of the storage', backend.tsdb(top, signal)),
    attempt('start of the server', backend.runtimeInfo(signal)),
    attempt('use in rules', metricsOfRules(asking)),
    attempt('churn', asking.instant('sum by (job) (sum_over_time(scrape_series_added[1h]))')),
    attempt('growth', asking.instant('sum(scrape_samples_post_metric_relabeling)')),
    attempt('growth', asking.instant('sum(scrape_samples_post_metric_relabeling offset 7d)')),
  ]);
  const total = status.value?.seriesCount;
  const isCountable = metric !== undefined || total === undefined || total <= mostCounted;
  const counted = await attempt(
    'all metrics',
    isCountable ? countMetrics(metric, top, asking) : Promise.resolve(undefined),
    { required: true },
  );
  const sizes = counted.value ?? status.value?.seriesByMetric.map(({ name, value }) => ({ name, series: value })) ?? [];
  const metrics: MetricSize[] = [];
  for (const [index, { name, series }] of sizes.entries()) {
    const labels =
      index < (metric === undefined ? metricsWithLabels : 1)
        ? await attempt('labels', labelSizes(name, asking))
        : undefined;
    metrics.push({ name, series, labels: labels?.value ?? [], isUsed: used.value?.has(name) });
  }
  // what is scraped first after a start counts as added
  const isYoung = asking.now - (runtime.value?.startedAt ?? 0) < hour + 10 * 60_000;
  const before7d = firstValue(before.value?.series);
  return {
    reading: {
      total,
      metrics,
      added: (isYoung ? [] : (added.value?.series ?? [])).map(({ labels, points }) => ({
        job: labels.job ?? '',
        series: points.at(-1)?.[1] ?? 0,
      })),
      samplesNow: firstValue(now.value?.series),
      samplesBefore: before7d,
    },
    missing: [
      ...[status, runtime, used, added, now, counted].flatMap(({ missing }) => missing),
      ...(isCountable
        ? []
        : [{ what: 'metrics below the list of the server', why: `there are more than ${mostCounted} series` }]),
      ...(isYoung ? [{ what: 'churn', why: 'the server has not been running for long enough' }] : []),
      ...(before7d === undefined ? [{ what: 'growth', why: 'nothing is known of 7 days ago' }] : []),
    ],
  };
}

async function countMetrics(metric: string | undefined, top: number, asking: Asking) {
  const matcher = metric === undefined ? '__name__!=""' : `__name__=${quoteLabelValue(metric)}`;
  const answer = await asking.instant(`topk(${top}, count by (__name__) ({${matcher}}))`);
  return answer?.series
    .map(({ labels, points }) => ({ name: labels.__name__ ?? '', series: points.at(-1)?.[1] ?? 0 }))
    .toSorted((a, b) => b.series - a.series);
}

async function labelSizes(name: string, asking: Asking): Promise<MetricSize['labels']> {
  const { backend, signal, at } = asking;
  const selector = `{__name__=${quoteLabelValue(name)}}`;
  const labels = await backend.labelNames([selector], { start: at - day, end: at }, signal);
  const asked = labels.filter((label) => /^[A-Za-z_]\w*$/.test(label) && label !== '__name__').slice(0, mostLabels);
  const sizes = await Promise.all(
    asked.map(async (label) => ({ label, values: (await asking.count(`count by (${label}) (${selector})`)) ?? 0 })),
  );
  return sizes.toSorted((a, b) => b.values - a.values);
}

async function metricsOfRules({ backend, signal }: Asking): Promise<ReadonlySet<string>> {
  const groups = await backend.rules(signal);
  const used = new Set<string>();
  for (const { expr } of groups.flatMap(({ rules }) => rules)) {
    const read = checkQuery(expr);
    for (const { selector } of read.expr === undefined ? [] : selectorsOf(read.expr))
      used.add(metricOf(selector) ?? '');
  }
  return used;
}

function firstValue(series: readonly Series[] | undefined): number | undefined {
  return series?.[0]?.points.at(-1)?.[1];
}
