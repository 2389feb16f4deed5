import { attempt, type Attempt, ToolError } from '@cinecom/mcp-core';
import { formatDuration, quoteLabelValue, type Series, type Span } from '@cinecom/promql';
import type { QueryCall } from './query-steps.ts';

const defaultIntervalMs = 60_000;
const mostEvaluations = 60_000;
/** Points of all series together; more come with a wider step. */
const mostPoints = 500_000;
const mostSeries = 20_000;

/** An alerting rule that runs. */
export interface RunningAlert {
  readonly name: string;
  readonly severity: string;
  readonly intervalMs: number;
}

export interface StoredAlerts {
  readonly series: readonly Series[];
  /** Alerting rules that match. */
  readonly running: Attempt<readonly RunningAlert[]>;
  readonly stepMs: number;
  /** The shortest interval of the rules: where the step is wider, times are that much less exact. */
  readonly intervalMs: number;
  /** Names of alerts that were pending. */
  readonly pending: ReadonlySet<string>;
}

/**
 * All that is stored of firing alerts, at the evaluation interval or, where that would be too much, at a wider step that
 * loses none of them.
 *
 * @param isWanted of the names of running rules
 * @throws ToolError `too_large` for more alerts than one answer can be made of
 */
export async function readStored(
  alert: string | undefined,
  isWanted: (name: string) => boolean,
  span: Span,
  call: QueryCall,
): Promise<StoredAlerts> {
  const { backend, signal } = call;
  const range = formatDuration(span.end - span.start);
  const firing = selector(alert, 'firing');
  const at = span.end;
  const [running, samples, counts, pending] = await Promise.all([
    attempt('rules that never fired', runningAlerts(isWanted, call)),
    backend.instant(`sum(count_over_time(${firing}[${range}]))`, { at }, signal),
    backend.instant(`count(count_over_time(${firing}[${range}]))`, { at }, signal),
    backend.instant(`group by (alertname) (count_over_time(${selector(alert, 'pending')}[${range}]))`, { at }, signal),
  ]);
  const numberOf = ({ series }: typeof samples): number => series[0]?.points[0]?.[1] ?? 0;
  if (numberOf(counts) > mostSeries) {
    throw new ToolError('too_large', `${numberOf(counts)} alerts fired, more than ${mostSeries}`, {
      hint: 'Name one in alert, or take a shorter time.',
    });
  }
  const intervalMs = shortest(running.value ?? []);
  const stepMs = stepFor(intervalMs, span, numberOf(samples));
  const start = Math.ceil(span.start / stepMs) * stepMs;
  // a subquery sees each evaluation, and ends an alert where it ended, as the plain query does
  const query =
    stepMs === intervalMs
      ? firing
      : `max_over_time(${firing}[${formatDuration(stepMs)}:${formatDuration(intervalMs)}])`;
  const { series } = await backend.range(query, { start, end: span.end, stepMs }, signal);
  return {
    series,
    running,
    stepMs,
    intervalMs,
    pending: new Set(pending.series.map(({ labels }) => labels.alertname ?? '')),
  };
}

function selector(alert: string | undefined, state: 'firing' | 'pending'): string {
  const name = alert === undefined ? '' : `, alertname=~${quoteLabelValue(globPattern(alert))}`;
  return `ALERTS{alertstate="${state}"${name}}`;
}

/** A glob as the server's own regular expression. */
function globPattern(glob: string): string {
  return glob
    .split('*')
    .map((part) => part.replaceAll(/[\\.+?()|[\]{}^$]/g, String.raw`\$&`))
    .join('.*');
}

async function runningAlerts(
  isWanted: (name: string) => boolean,
  { backend, signal }: QueryCall,
): Promise<readonly RunningAlert[]> {
  const groups = await backend.rules(signal);
  return groups.flatMap(({ rules, intervalMs }) =>
    rules
      .filter(({ kind, name }) => kind === 'alerting' && isWanted(name))
      .map(({ name, labels }) => ({
        name,
        severity: labels.severity ?? '',
        intervalMs: intervalMs || defaultIntervalMs,
      })),
  );
}

function shortest(running: readonly RunningAlert[]): number {
  if (running.length === 0) return defaultIntervalMs;
  return Math.max(1000, Math.min(...running.map(({ intervalMs }) => intervalMs)));
}

/** A whole multiple of the interval, so few evaluations and points come that one answer can be made of them. */
function stepFor(intervalMs: number, { start, end }: Span, samples: number): number {
  const factor = Math.max((end - start) / intervalMs / mostEvaluations, samples / mostPoints, 1);
  return intervalMs * Math.ceil(factor);
}
