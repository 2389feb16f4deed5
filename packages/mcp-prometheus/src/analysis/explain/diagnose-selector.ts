import { duration, timestamp } from '@cinecom/mcp-core';
import { editDistance, type Matcher, metricAliases, nearMetrics, printMatcher } from '@cinecom/promql';
import { type Diagnosis, excerpt } from './diagnosis.ts';

const shownValues = 10;

/** What is known of a selector that has no series now. */
export interface SelectorReading {
  /** As it is written. */
  readonly part: string;
  readonly metric: string | undefined;
  /** How far back was looked, ms. */
  readonly lookedBackMs: number;
  /** UTC ms of its last sample; undefined: none as far back as was looked. */
  readonly lastSeenAt: number | undefined;
  readonly at: number;
  /** Series of the metric itself, whatever the matchers, as far back as was looked. */
  readonly metricSeries: number;
  /** Names to suggest from; read only where the metric has no series. */
  readonly knownNames: readonly string[];
  /** Matchers without which there are series. */
  readonly culprits: readonly Culprit[];
  /** Jobs the selector asks for, or had when it was last seen. */
  readonly target: TargetReading | undefined;
  /** Error of the recording rule of this name. */
  readonly ruleError: string | undefined;
}

export interface Culprit {
  readonly matcher: Matcher;
  /** Values the label has under the other matchers; empty: the label is not there. */
  readonly values: readonly string[];
  /** Labels of the metric; read only where the label is not there. */
  readonly labels: readonly string[];
}

export interface TargetReading {
  readonly job: string;
  readonly instance: string | undefined;
  /** Targets of that job (and instance), and how many of them are down. */
  readonly targets: number;
  readonly down: number;
  /** Written by the target or the network. */
  readonly lastError: string;
  readonly jobs: readonly string[];
}

/** The reasons for one empty selector, the likeliest first. */
export function diagnoseSelector(reading: SelectorReading): readonly Diagnosis[] {
  if (reading.lastSeenAt !== undefined) return [lost(reading, reading.lastSeenAt)];
  if (reading.culprits.length > 0) return reading.culprits.map((culprit) => wrongMatcher(reading, culprit));
  return [unknownMetric(reading)];
}

function lost(reading: SelectorReading, lastSeenAt: number): Diagnosis {
  const { part, at, target, ruleError } = reading;
  const seen = `last sample at ${timestamp(lastSeenAt)}, ${duration(at - lastSeenAt)} before`;
  if (target !== undefined && target.targets === 0)
    return {
      code: 'job_not_scraped',
      part,
      evidence: `${seen}; job ${excerpt(target.job, 60)} has no target now`,
      fix: 'Bring the job back into scrape_configs, or its targets into service discovery.',
    };
  if (target !== undefined && target.down > 0)
    return {
      code: 'target_down',
      part,
      evidence: `${seen}; ${target.down} of ${target.targets} targets of job ${excerpt(target.job, 60)} down: ${excerpt(target.lastError)}`,
      fix: 'Repair the target: the error is what Prometheus met. prom_check_targets lists them.',
    };
  return {
    code: 'vanished',
    part,
    evidence: `${seen}${ruleError === undefined ? '' : `; the rule that records it fails: ${excerpt(ruleError)}`}`,
    fix:
      ruleError === undefined
        ? 'Its target answers without it: look for a new version, a removed label value, or a metric that only trouble makes.'
        : 'Repair the recording rule.',
  };
}

function wrongMatcher({ part, lookedBackMs }: SelectorReading, { matcher, values, labels }: Culprit): Diagnosis {
  const without = `without ${excerpt(printMatcher(matcher), 80)} there are series in the last ${duration(lookedBackMs)}`;
  if (values.length === 0)
    return {
      code: 'wrong_label',
      part,
      evidence: `${without}; none has the label ${excerpt(matcher.label, 60)}`,
      fix: `Labels it has: ${nearestFirst(matcher.label, labels).slice(0, shownValues).join(', ')}`,
    };
  const near = nearestFirst(matcher.value, values);
  const shown = near.slice(0, shownValues).map((value) => excerpt(value, 60));
  return {
    code: 'wrong_value',
    part,
    evidence: `${without}; ${matcher.label} has ${values.length} other value${values.length === 1 ? '' : 's'}`,
    fix: `Values of ${matcher.label}, nearest first: ${shown.join(', ')}`,
  };
}

function unknownMetric(reading: SelectorReading): Diagnosis {
  const { part, metric, lookedBackMs, target, knownNames, ruleError } = reading;
  const alias = metric === undefined ? undefined : metricAliases.get(metric);
  const near =
    metric === undefined
      ? []
      : alias !== undefined && knownNames.includes(alias)
        ? [alias]
        : nearMetrics(metric, knownNames);
  const none = `no series in the last ${duration(lookedBackMs)}`;
  if (ruleError !== undefined)
    return {
      code: 'never_existed',
      part,
      evidence: `${none}; the rule that records it fails: ${excerpt(ruleError)}`,
      fix: 'Repair the recording rule.',
    };
  if (near.length > 0)
    return { code: 'name_typo', part, evidence: `${none}, under any labels`, fix: `Nearest names: ${near.join(', ')}` };
  if (target !== undefined && target.targets === 0)
    return {
      code: 'job_not_scraped',
      part,
      evidence: `${none}; job ${excerpt(target.job, 60)} has no target`,
      fix: `Jobs that are scraped: ${nearestFirst(target.job, target.jobs).slice(0, shownValues).join(', ') || 'none'}`,
    };
  if (target !== undefined && target.down > 0)
    return {
      code: 'target_down',
      part,
      evidence: `${none}; ${target.down} of ${target.targets} targets of job ${excerpt(target.job, 60)} down: ${excerpt(target.lastError)}`,
      fix: 'Repair the target first: prom_check_targets.',
    };
  return {
    code: 'never_existed',
    part,
    evidence: `${none}, and no name is near`,
    fix: 'Search by words of its meaning: prom_find_metrics.',
  };
}

/** By the number of changed letters, then by name. */
function nearestFirst(wanted: string, values: readonly string[]): readonly string[] {
  const far = 40;
  return values
    .map((value) => ({ value, distance: editDistance(wanted.slice(0, 100), value.slice(0, 100), far) }))
    .toSorted((a, b) => a.distance - b.distance || (a.value < b.value ? -1 : 1))
    .map(({ value }) => value);
}
