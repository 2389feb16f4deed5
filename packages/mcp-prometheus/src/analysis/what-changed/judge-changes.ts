import { type Finding, timestamp } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import { shownLabels, shownNumber } from '../../text/index.ts';
import type { DeadRule, Presence } from './absent.ts';
import type { RankedEvent } from './events.ts';
import { leastZ, type Mover } from './movers.ts';

const suspects = 3;

/** The first of what happened and of what moved, what is gone, and rules that are dead. */
export function judgeChanges({
  events,
  movers,
  presence,
  dead,
  at,
}: {
  readonly events: readonly RankedEvent[];
  readonly movers: readonly Mover[];
  readonly presence: Presence | undefined;
  readonly dead: readonly DeadRule[];
  readonly at: number;
}): readonly Finding[] {
  return [
    ...events.slice(0, suspects).map(eventFinding),
    ...movers.slice(0, suspects).map((mover) => moverFinding(mover, at)),
    ...(presence === undefined ? [] : goneFindings(presence)),
    ...deadFindings(dead),
  ];
}

function eventFinding({ kind, what, at, leadMs }: RankedEvent): Finding {
  return {
    id: `changed_${kind}`,
    severity: isShortlyBefore(leadMs) && kind !== 'alert' ? 'warning' : 'info',
    object: what,
    evidence: `${timestamp(at)}, ${shownLead(leadMs)}`,
    threshold: 'no change',
    fix: kind === 'deploy' ? 'Compare with the version before; roll back if it fits.' : 'Find who or what did it.',
  };
}

function moverFinding({ family, labels, at: onset, z, before, after, correlation }: Mover, at: number): Finding {
  const along = correlation === undefined ? '' : `, r ${correlation.toFixed(2)} with the symptom`;
  return {
    id: 'metric_moved',
    severity: isShortlyBefore(at - onset) ? 'warning' : 'info',
    object: nameOf({ family, labels }),
    evidence: `${shownNumber(before)} → ${shownNumber(after)} at ${timestamp(onset)}, ${shownLead(at - onset)}, z ${shownNumber(Math.round(z))}${along}`,
    threshold: `|z| ${leastZ}`,
    fix: 'Look what it stands for: it moved in time, which proves nothing yet.',
    // a name of plain letters only: more could be an outsider's words
    ...(/^[A-Za-z_][\w:]{0,99}$/.test(family) ? { next: { tool: 'prom_query', args: { query: family } } } : {}),
  };
}

function isShortlyBefore(leadMs: number): boolean {
  return leadMs >= -60_000 && leadMs <= 1_800_000;
}

/** `queue_depth{job="mail"}`. */
export function nameOf({ family, labels }: Pick<Mover, 'family' | 'labels'>): string {
  const { family: _family, ...own } = labels;
  return Object.keys(own).length === 0 ? family : `${family}${shownLabels(own)}`;
}

/** `4m before`, `2m after`. */
export function shownLead(leadMs: number): string {
  const minutes = Math.round(Math.abs(leadMs) / 60_000);
  return minutes === 0 ? 'at that moment' : `${formatDuration(minutes * 60_000)} ${leadMs > 0 ? 'before' : 'after'}`;
}

function goneFindings({ metricsGone, metricsGoneInWeek, jobsGoneInWeek }: Presence): readonly Finding[] {
  const gone = (
    id: string,
    names: readonly string[],
    when: string,
    severity: Finding['severity'],
  ): readonly Finding[] =>
    names.length === 0
      ? []
      : [
          {
            id,
            severity,
            object: `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, ${names.length - 5} more` : ''}`,
            evidence: `${names.length} there ${when}, not after`,
            threshold: 'still there',
            fix: 'Find whether it was taken away on purpose; else prom_check_targets.',
          },
        ];
  return [
    ...gone('metrics_gone', metricsGone, 'before', 'warning'),
    ...gone('jobs_gone', jobsGoneInWeek, 'a week ago', 'warning'),
    ...gone('metrics_gone_in_week', metricsGoneInWeek, 'a week ago', 'info'),
  ];
}

function deadFindings(dead: readonly DeadRule[]): readonly Finding[] {
  const alerting = dead.filter(({ kind }) => kind === 'alerting');
  if (alerting.length === 0) return [];
  const shown = alerting.slice(0, 5).map(({ name, missing }) => `${name} needs ${missing.slice(0, 2).join(', ')}`);
  return [
    {
      id: 'dead_alerts',
      severity: 'warning',
      object: `${shown.join('; ')}${alerting.length > 5 ? `; ${alerting.length - 5} more` : ''}`,
      evidence: `${alerting.length} ${alerting.length === 1 ? 'alert rests' : 'alerts rest'} on metrics without any series`,
      threshold: 'metrics exist',
      fix: 'They cannot fire: repair the scrape, or the name in the rule (prom_check_rules).',
    },
  ];
}
