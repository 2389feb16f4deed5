import { count, counted, type Finding, percent } from '@cinecom/mcp-core';

/** From where on a number of series is worth a word. */
export const limits = {
  labelValues: 1000,
  metricSeries: 10_000,
  metricShare: 0.2,
  churnShare: 0.2,
  growth: 1.5,
  unusedSeries: 1000,
};

export interface MetricSize {
  readonly name: string;
  readonly series: number;
  /** Distinct values of its labels, most first; empty where they were not read. */
  readonly labels: readonly { readonly label: string; readonly values: number }[];
  /** Whether a rule reads it. Undefined where rules are not known. */
  readonly isUsed: boolean | undefined;
}

export interface CardinalityReading {
  /** Series in memory now. */
  readonly total: number | undefined;
  readonly metrics: readonly MetricSize[];
  /** Series that came new within the last hour, by job. */
  readonly added: readonly { readonly job: string; readonly series: number }[];
  /** Samples a scrape of all targets, now and 7 days ago. */
  readonly samplesNow: number | undefined;
  readonly samplesBefore: number | undefined;
}

/** What makes the number of series large or grow, with the entry of the configuration that stops it. */
export function judgeCardinality(reading: CardinalityReading): readonly Finding[] {
  return [
    ...reading.metrics.flatMap((metric) => [...labelFindings(metric), ...sizeFindings(metric, reading.total)]),
    ...churn(reading),
    ...growth(reading),
  ];
}

function labelFindings({ name, series, labels }: MetricSize): readonly Finding[] {
  return labels
    .filter(({ values }) => values >= limits.labelValues)
    .map(({ label, values }) => ({
      id: 'label_unbounded',
      severity: 'warning' as const,
      object: `${name}, label ${label}`,
      evidence: `${count(values)} values in ${count(series)} series`,
      threshold: `fewer than ${count(limits.labelValues)} values a label`,
      fix: `Take ids out of the label in the application; until then drop it, where the rest still tells series apart: metric_relabel_configs: [{action: labeldrop, regex: ${label}}]`,
    }));
}

function sizeFindings({ name, series, isUsed }: MetricSize, total: number | undefined): readonly Finding[] {
  const share = total === undefined || total === 0 ? 0 : series / total;
  const drop = `metric_relabel_configs: [{source_labels: [__name__], regex: ${name}, action: drop}]`;
  if (series >= limits.metricSeries && share >= limits.metricShare)
    return [
      {
        id: 'metric_dominates',
        severity: 'warning',
        object: name,
        evidence: `${count(series)} series, ${percent(share)} of all`,
        threshold: `below ${percent(limits.metricShare)} or ${count(limits.metricSeries)} series`,
        fix: `Find the label behind it: prom_cardinality with metric. If nobody needs it: ${drop}`,
      },
    ];
  if (isUsed !== false || series < limits.unusedSeries) return [];
  return [
    {
      id: 'metric_unused',
      severity: 'info',
      object: name,
      evidence: `${count(series)} series, read by no rule; dashboards are not known here`,
      threshold: `${count(limits.unusedSeries)} series that nothing reads`,
      fix: `If no dashboard needs it: ${drop}`,
    },
  ];
}

function churn({ total, added }: CardinalityReading): readonly Finding[] {
  const sum = added.reduce((all, { series }) => all + series, 0);
  if (total === undefined || total === 0 || sum / total < limits.churnShare || sum < limits.labelValues) return [];
  const worst = added.toSorted((a, b) => b.series - a.series).slice(0, 3);
  return [
    {
      id: 'churn',
      severity: 'warning',
      object: worst[0]!.job,
      evidence: `${count(sum)} new series in 1h, ${percent(sum / total)} of all; most by ${worst.map(({ job, series }) => `${job}: ${count(series)}`).join(', ')}`,
      threshold: `below ${percent(limits.churnShare)} in 1h`,
      fix: 'Look for a label that changes at each start or request: pod, id, path, version.',
    },
  ];
}

function growth({ samplesNow, samplesBefore }: CardinalityReading): readonly Finding[] {
  if (samplesNow === undefined || samplesBefore === undefined || samplesBefore === 0) return [];
  const factor = samplesNow / samplesBefore;
  if (factor < limits.growth) return [];
  return [
    {
      id: 'growth',
      severity: 'warning',
      object: 'all targets',
      evidence: `${counted(samplesNow, 'sample')} a scrape of all targets, ×${factor.toFixed(1)} of 7 days ago`,
      threshold: `below ×${limits.growth} in 7 days`,
      fix: 'prom_check_targets shows which target tells more than usual.',
    },
  ];
}
