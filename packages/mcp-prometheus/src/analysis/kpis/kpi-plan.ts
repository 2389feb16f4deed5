import { formatDuration, parseQuery, printExpr, selectorsOf, walk, withoutTime } from '@cinecom/promql';

/** How a KPI's query becomes one figure of a period. */
export interface KpiPlan {
  /** Evaluated once, at the end of the period, or at many moments whose mean is the figure. */
  readonly kind: 'end' | 'mean';
  readonly query: string;
  readonly basis: string;
  /** Selectors whose data must reach back to the beginning of the period. */
  readonly sources: readonly string[];
}

/** A query with this in place of a duration is asked over the period itself. */
export const windowVariable = '$window';

/**
 * What to ask for one period. A query that says `$window`, or looks back over half the period or more by itself, is one
 * figure at the end; any other is a level, whose mean is the figure.
 *
 * @returns undefined for a query that is no PromQL
 */
export function planKpi(query: string, periodMs: number): KpiPlan | undefined {
  const window = formatDuration(periodMs);
  const asked = query.replaceAll(windowVariable, window);
  const { expr } = parseQuery(asked);
  if (expr === undefined) return undefined;
  const ranges = [...walk(expr)].flatMap(({ expr: node }) =>
    node.kind === 'selector' || node.kind === 'subquery' ? (node.range?.ms ?? []) : [],
  );
  const looksBack = Math.max(0, ...ranges);
  const sources = [...new Set(selectorsOf(expr).map(({ selector }) => printExpr(withoutTime(selector))))].slice(0, 3);
  if (asked !== query) return { kind: 'end', query: asked, basis: `over ${window}`, sources };
  if (looksBack * 2 >= periodMs) {
    return { kind: 'end', query, basis: `at its end, over ${formatDuration(looksBack)} as written`, sources };
  }
  return { kind: 'mean', query, basis: `mean of ${window}`, sources };
}
