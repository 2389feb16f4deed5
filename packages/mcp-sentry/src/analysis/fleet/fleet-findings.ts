import type { Finding } from '@cinecom/mcp-core';
import type { FleetVerdict } from './fleet-project.ts';

/**
 * Verdicts that deserve attention as findings. Silence is critical where Sentry itself tells that it swallowed events.
 * @param nextOf the call that looks deeper at a project, where its name may be told
 */
export function fleetFindings(
  verdicts: readonly FleetVerdict[],
  nextOf: (verdict: FleetVerdict) => Finding['next'],
): readonly Finding[] {
  return verdicts.flatMap((verdict): readonly Finding[] => {
    if (verdict.verdict === 'ok' || verdict.verdict === 'unknown') return [];
    const next = nextOf(verdict);
    return [
      {
        id: ids[verdict.rule],
        severity: severityOf(verdict),
        object: verdict.project,
        evidence: verdict.evidence,
        threshold: verdict.threshold,
        fix: fixes[verdict.rule],
        ...(next === undefined ? {} : { next }),
      },
    ];
  });
}

function severityOf({ verdict, dropped = 0 }: FleetVerdict): Finding['severity'] {
  if (verdict === 'silent') return dropped > 0 ? 'critical' : 'warning';
  return verdict === 'critical' ? 'critical' : 'warning';
}

const ids: Readonly<Record<FleetVerdict['rule'], string>> = {
  'new-unhandled-issue': 'new_unhandled_issue',
  'rate-critical': 'error_rate',
  'rate-warning': 'error_rate',
  silent: 'silent_project',
  'no-change': 'no_change',
  'too-little-data': 'too_little_data',
  'too-bursty': 'too_bursty',
  'bursts-unread': 'bursts_unread',
};

const fixes: Readonly<Record<FleetVerdict['rule'], string>> = {
  'new-unhandled-issue': 'Look at the issue; roll back if a release brought it',
  'rate-critical': 'Find the issue that grows, and the release that brought it',
  'rate-warning': 'Find the issue that grows, and the release that brought it',
  silent:
    'Prove by sentry_check_ingest that errors still arrive: the service may be down, its key off, or a quota used up',
  'no-change': '',
  'too-little-data': '',
  'too-bursty': '',
  'bursts-unread': '',
};
