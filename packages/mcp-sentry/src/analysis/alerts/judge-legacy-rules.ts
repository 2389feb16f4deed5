import type { Finding } from '@cinecom/mcp-core';
import type { LegacyRule } from '../../model/alert.ts';
import type { Project } from '../../model/scope.ts';
import { coverageOf, environmentsToCover } from './coverage.ts';
import { type AlertJudgement, neverTriggered, uncovered } from './coverage-findings.ts';

export interface LegacyReading {
  readonly projects: readonly Project[];
  readonly rules: readonly LegacyRule[];
  /** None: all. */
  readonly environments: readonly string[];
}

/**
 * The same of an older server. It tells conditions as sentences only, so an issue rule that works counts for severe
 * issues whatever its filters say.
 */
export function judgeLegacyRules({ projects, rules, environments }: LegacyReading): AlertJudgement {
  const coverage = projects.flatMap((project) => {
    const own = rules.filter((rule) => rule.project === project.slug);
    const wanted = environmentsToCover(project, environments);
    if (wanted?.length === 0) return [];
    const ids = own.map(({ kind, id }) => `${kind} ${id}`);
    const high = own.filter((rule) => rule.kind === 'issue' && isWorking(rule));
    return [coverageOf(project.slug, ids, { environments: wanted, high })];
  });
  return {
    coverage,
    findings: [
      ...uncovered(coverage).map((finding) => ({
        ...finding,
        evidence: finding.evidence
          .replace('set off by a new issue of high priority', 'a working issue rule')
          .replace('0 alerts for a new issue of high priority', '0 working issue rules'),
        fix: 'Add an issue rule for new issues by hand: this server has no alerts that can be written as a policy',
      })),
      ...rules.flatMap(idle),
      ...neverTriggered(rules.filter(isWorking)),
    ],
  };
}

function isWorking({ isEnabled, actions }: LegacyRule): boolean {
  return isEnabled && actions.length > 0;
}

function idle({ id, name, project, kind, isEnabled, actions }: LegacyRule): readonly Finding[] {
  const object = `${project}: ${name}`;
  if (!isEnabled) {
    return [
      {
        id: 'alert_disabled',
        severity: 'info',
        object,
        evidence: `${kind} rule ${id} is off or muted`,
        threshold: 'on',
        fix: 'Turn it on, or delete it by hand if it is not needed',
      },
    ];
  }
  if (actions.length > 0) return [];
  return [
    {
      id: 'alert_without_action',
      severity: 'warning',
      object,
      evidence: `${kind} rule ${id} has 0 actions`,
      threshold: 'at least 1 action',
      fix: 'Give it somebody to notify: nobody hears it',
    },
  ];
}
