import { counted, type Finding, timestamp } from '@cinecom/mcp-core';
import { shownLabels } from '../../text/index.ts';
import { groupBy } from '../group-by.ts';
import { isLoud, type MergedAlert } from './merge-alerts.ts';

/** Whether a severity is one that wakes somebody. */
export function severityOf(label: string): Finding['severity'] {
  if (label === 'critical' || label === 'page') return 'critical';
  return label === 'info' || label === 'none' ? 'info' : 'warning';
}

/** Alerts that fire and that nobody silenced, by name and severity; firing ones that Alertmanager never got. */
export function judgeAlerts(alerts: readonly MergedAlert[]): readonly Finding[] {
  return [...firing(alerts), ...undelivered(alerts)];
}

function firing(alerts: readonly MergedAlert[]): readonly Finding[] {
  const groups = groupBy(alerts.filter(isLoud), ({ name, severity }) => `${severity}\0${name}`);
  return [...groups.values()].map((all): Finding => {
    const [first] = all as [MergedAlert];
    const since = Math.min(...all.map((alert) => alert.since));
    return {
      id: 'alert_firing',
      severity: severityOf(first.severity),
      object: first.name,
      evidence: `${counted(all.length, 'instance')} since ${timestamp(since)}${first.summary === '' ? '' : `: ${first.summary}`}`,
      threshold: 'no unsilenced alert',
      fix: 'Find its cause; silence it only while somebody works on it',
      next: { tool: 'prom_what_changed', args: { at: timestamp(since) } },
    };
  });
}

function undelivered(alerts: readonly MergedAlert[]): readonly Finding[] {
  const lost = alerts.filter(({ delivered }) => delivered === false);
  const [first] = lost;
  if (first === undefined) return [];
  return [
    {
      id: 'not_delivered',
      severity: 'warning',
      object: shownLabels(first.labels),
      evidence: `${counted(lost.length, 'alert')} fire in Prometheus and ${lost.length === 1 ? 'is' : 'are'} unknown to Alertmanager`,
      threshold: 'every firing alert is there after 90 s',
      fix: 'See alerting and alert_relabel_configs in prometheus.yml, and whether this is the Alertmanager that it sends to',
      next: { tool: 'prom_check_config', args: { section: 'alerting' } },
    },
  ];
}
