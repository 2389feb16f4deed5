import { stringify } from 'yaml';
import { bare, type Expr, walk } from '../syntax/ast.ts';
import { replacePlace } from '../rewrite/print.ts';
import { checkQuery } from '../check/check.ts';
import { formatDuration, parseDuration } from '../time/parse-time.ts';

/** What an objective is measured by: good and all events, or the ratio of errors. */
export type SloSource = { readonly good: string; readonly total: string } | { readonly errorRatio: string };

/** One multi-window alert: both windows must burn faster than the factor. */
export interface BurnAlert {
  readonly long: string;
  readonly short: string;
  readonly factor: number;
  readonly kind: 'page' | 'ticket';
}

const hour = 3_600_000;
const shares = [
  { long: '1h', short: '5m', share: 0.02, kind: 'page' },
  { long: '6h', short: '30m', share: 0.05, kind: 'page' },
  { long: '1d', short: '2h', share: 0.1, kind: 'ticket' },
  { long: '3d', short: '6h', share: 0.1, kind: 'ticket' },
] as const;

/** Windows in which burn is told, shortest first. */
export const burnWindows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/**
 * The alerts for an objective over a window: 14.4, 6, 3 and 1 for 30 days.
 *
 * factor = share of the budget × window of the objective / window of the alert
 * @see Google, The Site Reliability Workbook, chapter 5
 */
export function burnAlerts(windowMs: number): readonly BurnAlert[] {
  return shares
    .filter(({ long }) => parseDuration(long)! < windowMs)
    .map(({ long, short, share, kind }) => ({
      long,
      short,
      kind,
      factor: Number(((share * windowMs) / parseDuration(long)!).toPrecision(6)),
    }));
}

/**
 * A query for events a second, or for a ratio, over another window: `$window` or the ranges it has are replaced; a bare
 * counter gets `sum(rate(…))`; anything else is averaged over the window.
 * @returns undefined where the query cannot be read
 */
export function overWindow(query: string, window: string, kind: 'events' | 'ratio'): string | undefined {
  const { expr, problems } = checkQuery(query);
  if (expr === undefined || problems.some(({ code }) => code !== 'newer')) return undefined;
  const ranges = rangesOf(expr);
  if (ranges.length > 0)
    return ranges.toSorted((a, b) => b.from - a.from).reduce((text, place) => replacePlace(text, place, window), query);
  if (kind === 'ratio') return `avg_over_time((${query})[${window}:])`;
  return bare(expr).kind === 'selector' ? `sum(rate(${query.trim()}[${window}]))` : undefined;
}

function rangesOf(expr: Expr): readonly { readonly from: number; readonly to: number }[] {
  return [...walk(expr)].flatMap(({ expr: node }) =>
    node.kind === 'selector' && node.range !== undefined ? [node.range] : [],
  );
}

/**
 * The ratio of errors over a window: empty where there is no traffic, 1 where nothing is good.
 * @returns undefined where a query cannot be read or has no window to replace
 */
export function errorRatioOver(source: SloSource, window: string): string | undefined {
  if ('errorRatio' in source) return overWindow(source.errorRatio, window, 'ratio');
  const [good, total] = [overWindow(source.good, window, 'events'), overWindow(source.total, window, 'events')];
  if (good === undefined || total === undefined) return undefined;
  return `1 - ((${good}) or 0 * (${total})) / ((${total}) > 0)`;
}

/** Rules as YAML: one record a window, one alert a pair of windows. They pass this library's lint. */
export function sloRules({
  name,
  source,
  objective,
  windowMs,
}: {
  readonly name: string;
  readonly source: SloSource;
  readonly objective: number;
  readonly windowMs: number;
}): string | undefined {
  const alerts = burnAlerts(windowMs);
  const windows = burnWindows.filter((window) => alerts.some(({ long, short }) => window === long || window === short));
  const labels = { slo: name };
  const records = windows.map((window) => ({
    record: `slo:error_ratio:rate${window}`,
    expr: errorRatioOver(source, window),
    labels,
  }));
  if (records.some(({ expr }) => expr === undefined)) return undefined;
  const id = name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
  const budget = Number((1 - objective).toPrecision(10));
  const rules = alerts.map(({ long, short, factor, kind }) => ({
    alert: `${id.charAt(0).toUpperCase()}${id.slice(1)}BudgetBurn${long}`,
    expr: [long, short]
      .map((window) => `slo:error_ratio:rate${window}{slo=${JSON.stringify(name)}} > ${factor} * ${budget}`)
      .join(' and '),
    for: parseDuration(long)! <= hour ? '2m' : '15m',
    labels: { severity: kind === 'page' ? 'critical' : 'warning', slo: name },
    annotations: {
      summary: `${name} burns its error budget ${factor} times too fast over ${long}`,
      description: `{{ $value | humanizePercentage }} of events fail; the objective over ${formatDuration(windowMs)} is ${Number((objective * 100).toPrecision(8))} %.`,
      runbook_url: 'https://runbooks.example.com/error-budget',
    },
  }));
  return stringify(
    { groups: [{ name: `slo-${name}`, interval: '1m', rules: [...records, ...rules] }] },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
