import type { Severity } from '@cinecom/mcp-core';
import { median } from '@cinecom/mcp-core/stats';
import type { StatementDelta } from './statement-deltas.ts';

const fewestCalls = 20;
const ratios = { info: 1.5, warning: 3, critical: 6 } as const;

/**
 * How much slower each statement is than usual: its mean now ÷ the median of its means in the same hour of earlier weeks.
 *
 * @param usual one list of deltas a week, newest first; weeks without snapshots are left out
 * @returns by key; statements with fewer than 20 calls, now or then, and those without a baseline are absent
 */
export function regressions(
  now: readonly StatementDelta[],
  usual: readonly (readonly StatementDelta[])[],
): ReadonlyMap<string, number> {
  const means = new Map<string, number[]>();
  for (const one of usual.flat().filter(({ calls }) => calls >= fewestCalls)) {
    means.set(one.key, [...(means.get(one.key) ?? []), one.meanMs]);
  }
  return new Map(
    now
      .filter(({ calls }) => calls >= fewestCalls)
      .flatMap(({ key, meanMs }): [string, number][] => {
        const baseline = median(means.get(key) ?? []);
        return baseline > 0 ? [[key, meanMs / baseline]] : [];
      }),
  );
}

export function regressionSeverity(ratio: number): Severity | undefined {
  if (ratio >= ratios.critical) return 'critical';
  if (ratio >= ratios.warning) return 'warning';
  return ratio >= ratios.info ? 'info' : undefined;
}

export function regressionThreshold(severity: Severity): number {
  return ratios[severity];
}
