import { count, duration, type Finding, percent } from '@cinecom/mcp-core';
import { regressionSeverity, regressionThreshold } from './regression.ts';
import type { RankedStatement } from './statement-ranking.ts';

/** One line: how many, and what the first takes. */
export function statementSummary(ranked: readonly RankedStatement[], by: string): string {
  const [first] = ranked;
  if (first === undefined) {
    return by === 'regression'
      ? 'no statement can be compared with the same hour of earlier weeks yet'
      : 'no statement ran in the window';
  }
  return `${ranked.length} ${ranked.length === 1 ? 'statement' : 'statements'}; the first by ${by} takes ${percent(first.shares.time)} of all time, ${count(first.calls)} ${first.calls === 1 ? 'call' : 'calls'} of ${duration(first.meanMs)}`;
}

/** Statements that became slower than usual, worst first. */
export function regressionFindings(ranked: readonly RankedStatement[]): readonly Finding[] {
  return ranked
    .toSorted((a, b) => (b.regression ?? 0) - (a.regression ?? 0))
    .slice(0, 5)
    .flatMap((one): Finding[] => {
      const severity = one.regression === undefined ? undefined : regressionSeverity(one.regression);
      if (severity === undefined || one.regression === undefined) return [];
      return [
        {
          id: 'query_regression',
          severity,
          object: `query ${one.queryId}`,
          evidence: `mean ${duration(one.meanMs)} over ${count(one.calls)} calls, ×${one.regression.toFixed(1)} of the usual`,
          threshold: `×${regressionThreshold(severity)}`,
          fix: 'Compare its plan; look for a dropped index, old statistics or grown data',
          next: { tool: 'pg_explain', args: { queryId: one.queryId } },
        },
      ];
    });
}
