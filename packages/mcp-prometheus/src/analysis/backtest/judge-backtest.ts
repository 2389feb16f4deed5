import { counted, duration, type Finding, percent } from '@cinecom/mcp-core';
import type { Backtest } from '@cinecom/promql';

export const backtestLimits = { alwaysShare: 0.9, perDay: 20, calmPerDay: 1 } as const;

/** Whether a rule would be heeded: fires always, too often, never, or not at all because it fails. */
export function judgeBacktest(name: string, found: Backtest, window: string): readonly Finding[] {
  return [...failing(name, found), ...noise(name, found, window)];
}

function failing(name: string, { failing: count, evaluations }: Backtest): readonly Finding[] {
  if (count === 0) return [];
  return [
    {
      id: 'evaluation_fails',
      severity: 'warning',
      object: name,
      evidence: `${count} of ${evaluations + count} evaluations fail: two results get the same labels`,
      threshold: '0',
      fix: 'Do not overwrite a label that tells the results apart, or aggregate first',
    },
  ];
}

function noise(
  name: string,
  { episodes, perDay, firingShare, labelSets, pendingOnly }: Backtest,
  window: string,
): readonly Finding[] {
  if (firingShare >= backtestLimits.alwaysShare) {
    return [
      {
        id: 'always_firing',
        severity: 'warning',
        object: name,
        evidence: `${labelSets === 1 ? 'fires' : `some of ${labelSets} label sets fire`} ${percent(firingShare)} of ${window}`,
        threshold: percent(backtestLimits.alwaysShare),
        fix: 'The expression holds in the ordinary state: raise the threshold (sweep), or correct the expression',
      },
    ];
  }
  // of an hour, a single alert would be 24 a day
  if (perDay > backtestLimits.perDay && episodes.length > backtestLimits.perDay) {
    return [
      {
        id: 'too_noisy',
        severity: 'warning',
        object: name,
        evidence: `${perDay.toFixed(1)} alerts a day over ${window}`,
        threshold: `${backtestLimits.perDay} a day`,
        fix: 'A longer for, keep_firing_for against flapping, or a higher threshold (sweep)',
      },
    ];
  }
  if (episodes.length > 0) return [];
  return [
    {
      id: 'never_fired',
      severity: 'info',
      object: name,
      evidence: `0 alerts in ${window}${pendingOnly === 0 ? '' : `, ${counted(pendingOnly, 'time')} pending only`}`,
      threshold: 'none expected in a quiet time',
      fix: 'Right where nothing happened; where something did, lower the threshold or for',
    },
  ];
}

/** One line of what would have been. */
export function backtestText({ episodes, perDay, firingMs, longestMs, labelSets }: Backtest): string {
  if (episodes.length === 0) return 'would not have fired';
  return `would have fired ${counted(episodes.length, 'time')} (${perDay.toFixed(1)} a day) for ${duration(firingMs)} in all, longest ${duration(longestMs)}, ${counted(labelSets, 'label set')}`;
}
