import { counted, type Finding, timestamp } from '@cinecom/mcp-core';
import { labelKey } from '@cinecom/promql';
import type { ActiveAlert } from '../../model/rule.ts';
import { severityOf } from '../alerts/judge-alerts.ts';
import { groupBy } from '../group-by.ts';
import type { OverviewReading } from './reading.ts';

const mostPast = 5;

/** Alerts that fire and that nobody silenced, by name; then those that fired in the window and are over. */
export function alertFindings({ alerts, managed, fired }: OverviewReading): readonly Finding[] {
  const suppressed = new Set(
    managed?.filter(({ state }) => state === 'suppressed').map(({ labels }) => labelKey(labels)),
  );
  const firing = (alerts ?? []).filter(({ state }) => state === 'firing');
  const loud = firing.filter(({ labels }) => !suppressed.has(labelKey(labels)));
  const now = [...groupBy(loud, ({ name }) => name)].map(([name, all]) => firingFinding(name, all));
  const isOver = new Set(firing.map(({ name }) => name));
  const past = (fired ?? []).flatMap(({ labels }) => labels.alertname ?? []).filter((name) => !isOver.has(name));
  const names = [...new Set(past)];
  if (names.length === 0) return now;
  return [
    ...now,
    {
      id: 'alerts_fired',
      severity: 'info',
      object: names.slice(0, mostPast).join(', '),
      evidence: `${counted(names.length, 'alert')} fired in the window and ${names.length === 1 ? 'is' : 'are'} over`,
      threshold: 'none',
      fix: 'See how often and how long',
      next: { tool: 'prom_alert_history', args: {} },
    },
  ];
}

function firingFinding(name: string, all: readonly ActiveAlert[]): Finding {
  const severities = all.map(({ labels }) => severityOf(labels.severity ?? ''));
  const since = Math.min(...all.map(({ activeAt }) => activeAt));
  const [first] = all;
  const about = first?.annotations.summary ?? first?.annotations.description ?? '';
  return {
    id: 'alert_firing',
    severity: (['critical', 'warning'] as const).find((one) => severities.includes(one)) ?? 'info',
    object: name,
    evidence: `${counted(all.length, 'instance')} since ${timestamp(since)}${about === '' ? '' : `: ${about}`}`,
    threshold: 'no unsilenced alert',
    fix: 'See its labels and value, then what changed before it',
    next: { tool: 'prom_alerts', args: { show: 'alerts' } },
  };
}
