import { counted, duration, type Finding, percent } from '@cinecom/mcp-core';
import type { RuleGroup } from '../../model/rule.ts';

const busyShare = 0.8;

/** Running rules that fail or take too long. */
export function judgeRunning(groups: readonly RuleGroup[]): readonly Finding[] {
  return groups.flatMap((group): readonly Finding[] => [
    ...group.rules
      .filter(({ health }) => health === 'err')
      .map(({ name, lastError }): Finding => ({
        id: 'rule_failing',
        severity: 'warning',
        object: `${name} in ${group.name}`,
        evidence: lastError,
        threshold: 'health ok',
        fix: 'Ask its expression: prom_explain_query says what is wrong.',
      })),
    ...busy(group),
  ]);
}

function busy({ name, intervalMs, evaluationSeconds, rules }: RuleGroup): readonly Finding[] {
  const share = intervalMs === 0 ? 0 : (evaluationSeconds * 1000) / intervalMs;
  if (share <= busyShare) return [];
  return [
    {
      id: 'group_slow',
      severity: 'warning',
      object: name,
      evidence: `${counted(rules.length, 'rule')} took ${duration(evaluationSeconds * 1000)}, ${percent(share)} of the interval`,
      threshold: percent(busyShare),
      fix: 'Split the group, make its expressions cheaper, or take a longer interval (at most 5m).',
    },
  ];
}
