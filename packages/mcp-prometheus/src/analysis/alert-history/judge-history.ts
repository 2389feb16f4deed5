import { counted, duration, type Finding, percent, timestamp } from '@cinecom/mcp-core';
import type { Span } from '@cinecom/promql';
import { severityOf } from '../alerts/judge-alerts.ts';
import type { RuleNoise } from './noise-of.ts';

export const historyLimits = { alwaysShare: 0.9, alwaysMs: 86_400_000, perDay: 20, flaps: 5 } as const;

const shownNames = 5;

/** An alerting rule that runs and did not fire in the window. */
export interface SilentRule {
  readonly name: string;
  readonly severity: string;
  /** It was pending in the window. */
  readonly wasPending: boolean;
}

/** Alerts that are not over, as one finding: whoever asks what was must not miss what is. */
export function judgeOpen(noise: readonly RuleNoise[]): readonly Finding[] {
  const open = noise.filter(({ openSince }) => openSince !== undefined);
  const [first] = open.toSorted((a, b) => (b.openSince ?? 0) - (a.openSince ?? 0));
  if (first === undefined) return [];
  const severities = open.flatMap(({ severity }) => severity.split(', ')).map(severityOf);
  return [
    {
      id: 'still_firing',
      severity: (['critical', 'warning'] as const).find((one) => severities.includes(one)) ?? 'info',
      object: open
        .map(({ name }) => name)
        .slice(0, shownNames)
        .join(', '),
      evidence: `${counted(open.length, 'name')}, the last to begin at ${timestamp(first.openSince ?? 0)}`,
      threshold: 'no alert; silences are not looked at',
      fix: 'See value, labels and silences with prom_alerts',
      next: { tool: 'prom_alerts', args: {} },
    },
  ];
}

/** Rules whose alerts nobody can heed: those that fire always, too often, on and off. */
export function judgeHistory(noise: readonly RuleNoise[], span: Span): readonly Finding[] {
  return noise.flatMap((rule) => judgeRule(rule, span));
}

function judgeRule(rule: RuleNoise, { start, end }: Span): readonly Finding[] {
  if (firesAlways(rule, end)) return [always(rule, end - start)];
  const found: Finding[] = [];
  if (rule.perDay > historyLimits.perDay && rule.episodes > historyLimits.perDay) {
    found.push({
      id: 'too_noisy',
      severity: 'warning',
      object: rule.name,
      evidence: `${counted(rule.episodes, 'alert')} of ${counted(rule.labelSets, 'label set')}, ${rule.perDay.toFixed(1)} a day`,
      threshold: `${historyLimits.perDay} a day`,
      fix: 'Aggregate over instances, a longer for, or a higher threshold: prom_backtest_rule with sweep',
    });
  }
  if (rule.flaps >= historyLimits.flaps) {
    found.push({
      id: 'flapping',
      severity: 'warning',
      object: rule.name,
      evidence: `came back within 10 min ${counted(rule.flaps, 'time')} of ${rule.episodes}`,
      threshold: counted(historyLimits.flaps, 'time'),
      fix: 'Set keep_firing_for above the usual gap, or a longer window in the expression',
    });
  }
  return found;
}

/** Most of the window, or a day in one piece up to its end: rule and server may be younger than the window. */
function firesAlways({ share, openSince }: RuleNoise, end: number): boolean {
  if (openSince === undefined) return false;
  return share >= historyLimits.alwaysShare || end - openSince >= historyLimits.alwaysMs;
}

function always({ name, share, openSince = 0, labelSets }: RuleNoise, windowMs: number): Finding {
  return {
    id: 'always_firing',
    severity: 'warning',
    object: name,
    evidence: `${percent(share)} of ${duration(windowMs)}, not over, ${counted(labelSets, 'label set')}, firing since ${timestamp(openSince)} or before`,
    threshold: `${percent(historyLimits.alwaysShare)}, or ${duration(historyLimits.alwaysMs)} in one piece`,
    fix: 'Repair what it tells of; where that is the ordinary state, raise the threshold or delete the rule',
  };
}

/** One finding for all rules that did not fire: to fire never is right for most. */
export function judgeSilence(silent: readonly SilentRule[], rules: number, window: string): readonly Finding[] {
  if (silent.length === 0) return [];
  const pending = silent.filter(({ wasPending }) => wasPending).length;
  return [
    {
      id: 'never_fired',
      severity: 'info',
      object: counted(silent.length, 'rule'),
      evidence: `${silent.length} of ${counted(rules, 'alerting rule')} without an alert in ${window}, ${pending} of them pending at times`,
      threshold: 'none expected in a quiet time',
      fix: 'prom_check_rules tells which can never fire: wrong metric, label or window',
    },
  ];
}
