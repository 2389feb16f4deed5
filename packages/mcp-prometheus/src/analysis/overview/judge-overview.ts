import { type Finding, percent } from '@cinecom/mcp-core';
import { formatDuration, type Series } from '@cinecom/promql';
import { shownLabels, shownNumber } from '../../text/index.ts';
import { judgeResources } from '../resources/judge-resources.ts';
import { limits } from '../services/judge-services.ts';
import { judgeTargets } from '../targets/judge-targets.ts';
import { alertFindings } from './alerts.ts';
import type { Burn, OverviewReading } from './reading.ts';

const slowGroupShare = 0.8;
export const burnLimits = { warning: 1, critical: 14.4 } as const;

/** Everything that deserves attention, of all parts that were read. */
export function judgeOverview(reading: OverviewReading): readonly Finding[] {
  return [
    ...server(reading),
    ...alertFindings(reading),
    ...(reading.targets === undefined ? [] : targetFindings(reading.targets)),
    ...rules(reading),
    ...burns(reading.burns),
    ...judgeResources(reading.resources ?? []),
    ...filling(reading.fillingUp ?? []),
    ...failingServices(reading),
  ];
}

function server({ ready, runtime, identity, dropped }: OverviewReading): readonly Finding[] {
  const found: Finding[] = [];
  if (ready === false) {
    found.push({
      id: 'not_ready',
      severity: 'critical',
      object: 'Prometheus',
      evidence: 'it answers that it is not ready',
      threshold: 'ready',
      fix: 'It may be replaying its log after a start; its own log tells how far it is',
    });
  }
  if (runtime?.reloadSucceeded === false) {
    found.push({
      id: 'reload_failed',
      severity: 'warning',
      object: 'Prometheus',
      evidence: 'the last reload failed: it runs on what it had before',
      threshold: 'the last reload succeeded',
      fix: 'Run promtool check config, correct the file, reload',
      next: { tool: 'prom_check_config', args: { section: 'drift' } },
    });
  }
  if (identity?.state === 'different') {
    found.push({
      id: 'other_server',
      severity: 'warning',
      object: 'file and running server',
      evidence: `differ in ${identity.differs.join(', ')}`,
      threshold: 'one and the same',
      fix: 'Name the configuration of this server with --config',
      next: { tool: 'prom_check_config', args: { section: 'identity' } },
    });
  }
  if (dropped !== undefined && dropped > 0) {
    found.push({
      id: 'notifications_dropped',
      severity: 'warning',
      object: 'notifications',
      evidence: `${shownNumber(Math.ceil(dropped))} dropped in 1 h`,
      threshold: '0',
      fix: 'Alertmanager was not reached: see that it runs, and the alerting block',
      next: { tool: 'prom_check_config', args: { section: 'alerting' } },
    });
  }
  return found;
}

function targetFindings(targets: NonNullable<OverviewReading['targets']>): readonly Finding[] {
  return judgeTargets({ targets, jobs: undefined, changes: [], samples: [], usualSamples: [] }, '');
}

function rules({ groups }: OverviewReading): readonly Finding[] {
  return (groups ?? []).flatMap((group): readonly Finding[] => {
    const failing = group.rules.filter(({ health }) => health === 'err');
    const found: Finding[] = failing.map((rule) => ({
      id: 'rule_failing',
      severity: 'warning',
      object: rule.name,
      evidence: rule.lastError || 'its evaluation fails',
      threshold: 'evaluates without error',
      fix: 'What it should tell is not told: correct its expression',
      next: { tool: 'prom_check_rules', args: { health: 'err' } },
    }));
    if (group.intervalMs > 0 && group.evaluationSeconds * 1000 > slowGroupShare * group.intervalMs) {
      found.push({
        id: 'group_slow',
        severity: 'warning',
        object: group.name,
        evidence: `takes ${shownNumber(group.evaluationSeconds)} s of its ${formatDuration(group.intervalMs)}`,
        threshold: percent(slowGroupShare),
        fix: 'Split the group, record what its rules share, or make its interval longer',
      });
    }
    return found;
  });
}

function burns(all: readonly Burn[]): readonly Finding[] {
  return all.flatMap(({ name, window, rate }): readonly Finding[] => {
    if (!(rate >= burnLimits.warning)) return [];
    return [
      {
        id: 'budget_burns',
        severity: rate >= burnLimits.critical ? 'critical' : 'warning',
        object: name,
        evidence: `error budget burns at ${shownNumber(rate)} times its pace over ${window}`,
        threshold: `${burnLimits.warning}, critical ${burnLimits.critical}`,
        fix: 'Find what fails; prom_slo_report tells how much is left',
        next: { tool: 'prom_slo_report', args: {} },
      },
    ];
  });
}

function filling(series: readonly Series[]): readonly Finding[] {
  return series.map(({ labels }) => ({
    id: 'disk_full_soon',
    severity: 'warning' as const,
    object: shownLabels(labels),
    evidence: 'full in less than 4 d at the pace of the last 6 h',
    threshold: '4 d',
    fix: 'See when exactly and how sure that is, then free space or extend',
    next: { tool: 'prom_forecast_capacity', args: { preset: 'disk' } },
  }));
}

function failingServices({ errorRatios, serviceLabel }: OverviewReading): readonly Finding[] {
  return (errorRatios ?? []).flatMap(({ labels, points }): readonly Finding[] => {
    const ratio = points.at(-1)?.[1];
    if (ratio === undefined || !(ratio > limits.errorWarning)) return [];
    return [
      {
        id: 'service_errors',
        severity: ratio > limits.errorCritical ? 'critical' : 'warning',
        object: labels[serviceLabel] ?? shownLabels(labels),
        evidence: `${percent(ratio)} of its requests fail, over 5 min`,
        threshold: `${percent(limits.errorWarning)}, critical ${percent(limits.errorCritical)}`,
        fix: 'Compare with the past, then see what changed',
        next: { tool: 'prom_services', args: {} },
      },
    ];
  });
}
