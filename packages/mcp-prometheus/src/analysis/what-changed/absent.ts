import { metricOf, parseQuery, selectorsOf } from '@cinecom/promql';
import type { RuleGroup } from '../../model/rule.ts';

/** What there was and is no more, and the other way round. */
export interface Presence {
  readonly metricsGone: readonly string[];
  readonly metricsNew: readonly string[];
  /** There a week ago, not now. */
  readonly metricsGoneInWeek: readonly string[];
  readonly jobsGoneInWeek: readonly string[];
}

/** @param weekAgo undefined where nothing is stored of then */
export function presenceOf({
  before,
  after,
  weekAgo,
  jobsNow,
  jobsWeekAgo,
}: {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  readonly weekAgo: ReadonlySet<string> | undefined;
  readonly jobsNow: ReadonlySet<string>;
  readonly jobsWeekAgo: ReadonlySet<string>;
}): Presence {
  const minus = (some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
    // those come and go with the alerts themselves
    [...some].filter((one) => !others.has(one) && !one.startsWith('ALERTS')).toSorted();
  const metricsGone = before.size === 0 ? [] : minus(before, after);
  return {
    metricsGone,
    metricsNew: before.size === 0 ? [] : minus(after, before),
    metricsGoneInWeek: weekAgo === undefined ? [] : minus(weekAgo, after).filter((name) => !metricsGone.includes(name)),
    jobsGoneInWeek: minus(jobsWeekAgo, jobsNow),
  };
}

export interface DeadRule {
  readonly name: string;
  readonly kind: 'alerting' | 'recording';
  readonly missing: readonly string[];
}

/**
 * Rules that cannot give anything because a metric they need has no series. What `absent()` asks for, the right side of
 * `or` and of `unless` may be missing.
 */
export function deadRules(groups: readonly RuleGroup[], present: ReadonlySet<string>): readonly DeadRule[] {
  return groups
    .flatMap(({ rules }) => rules)
    .flatMap(({ name, kind, expr }): readonly DeadRule[] => {
      const tree = parseQuery(expr).expr;
      if (tree === undefined) return [];
      const needed = selectorsOf(tree)
        .filter(({ underAbsent, excludes, substitutes }) => !underAbsent && !excludes && !substitutes)
        .flatMap(({ selector }) => metricOf(selector) ?? []);
      // ALERTS exists only while something is active
      const missing = [...new Set(needed)].filter((metric) => !present.has(metric) && !metric.startsWith('ALERTS'));
      return missing.length === 0 ? [] : [{ name, kind, missing }];
    });
}
