import { labelKey, type Labels, type Series, type Span } from '@cinecom/promql';

/** One time that an alert fired, as far as it lies in the window. */
export interface FiredEpisode {
  /** UTC ms. */
  readonly from: number;
  readonly to: number;
  readonly firingMs: number;
  /** It fired already when the window began. */
  readonly beganBefore: boolean;
  /** It still fired when the window ended. */
  readonly open: boolean;
}

/** What one alert, one label set, did. */
export interface AlertPast {
  readonly name: string;
  readonly severity: string;
  /** Without name, state and severity. */
  readonly labels: Labels;
  /** Oldest first, at least one. */
  readonly episodes: readonly FiredEpisode[];
  readonly firingMs: number;
  readonly longestMs: number;
  /** Times that it came back within `flapGapMs`. */
  readonly flaps: number;
}

export interface HistoryOptions {
  readonly span: Span;
  readonly stepMs: number;
  /** How often the rule of an alert is evaluated, ms; 0 where it does not run here. */
  readonly intervalOf: (alert: string) => number;
}

/** An alert that is back sooner than this never really ended. */
export const flapGapMs = 600_000;

/**
 * Episodes of alerts from what Prometheus stored of them.
 *
 * A point at a step means firing since the step before; between evaluations that lie more than a step apart nothing is
 * known, so that such gaps are none.
 *
 * @param series of `ALERTS` of state firing, over the span with the step
 * @see prometheus/rules/alerting.go: an alert that ends is marked stale at once
 */
export function readHistory(series: readonly Series[], { span, stepMs, intervalOf }: HistoryOptions): AlertPast[] {
  return merged(series)
    .filter(({ points }) => points.length > 0)
    .map(({ labels, points }) => {
      const { __name__: _metric, alertname: name = '', alertstate: _state, severity = '', ...own } = labels;
      const reach = Math.max(stepMs, intervalOf(name));
      const episodes = runs(points, reach).map(([first, last]) => ({
        from: first,
        to: last,
        firingMs: last - first + stepMs,
        beganBefore: first < span.start + stepMs,
        open: last > span.end - reach,
      }));
      return {
        name,
        severity,
        labels: own,
        episodes,
        firingMs: episodes.reduce((sum, { firingMs }) => sum + firingMs, 0),
        longestMs: episodes.reduce((most, { firingMs }) => Math.max(most, firingMs), 0),
        flaps: episodes.filter(({ from }, index) => index > 0 && from - episodes[index - 1]!.to - stepMs < flapGapMs)
          .length,
      };
    });
}

/** One series a label set, whatever else the server tells apart. */
function merged(series: readonly Series[]): readonly Series[] {
  const found = new Map<string, Series>();
  for (const one of series) {
    const key = labelKey(one.labels);
    const before = found.get(key);
    if (before === undefined) found.set(key, one);
    else found.set(key, { ...one, points: [...before.points, ...one.points].toSorted(([a], [b]) => a - b) });
  }
  return [...found.values()];
}

/** First and last of points that lie no more than `reach` apart. */
function runs(points: Series['points'], reach: number): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [at] of points) {
    const current = found.at(-1);
    if (current !== undefined && at - current[1] <= reach) current[1] = at;
    else found.push([at, at]);
  }
  return found;
}
