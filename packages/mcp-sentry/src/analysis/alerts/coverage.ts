import { counted, type Finding } from '@cinecom/mcp-core';

/** What a project has of alerts. */
export interface Coverage {
  readonly project: string;
  /** All that are connected to it, whether they work or not. */
  readonly alerts: number;
  /** Names of those that a severe new issue sets off. */
  readonly high: readonly string[];
}

export interface AlertJudgement {
  readonly findings: readonly Finding[];
  readonly coverage: readonly Coverage[];
}

const namedAlerts = 5;
const singleProjects = 5;
const namedProjects = 10;

/** Projects of which nobody hears when something severe happens; many of them are one finding. */
export function uncovered(coverage: readonly Coverage[]): readonly Finding[] {
  const bare = coverage.filter(({ high }) => high.length === 0);
  const common = {
    id: 'project_without_high_alert',
    severity: 'warning',
    threshold: 'at least 1 that is on and notifies somebody',
    fix: 'Add a level with when: { priority: high } to the alert policy',
    next: { tool: 'sentry_apply_alert_policy', args: {} },
  } as const;
  const none = '0 of them set off by a new issue of high priority';
  if (bare.length <= singleProjects) {
    return bare.map(({ project, alerts }) => ({
      ...common,
      object: project,
      evidence: `${counted(alerts, 'alert')}, ${none}`,
    }));
  }
  const names = bare.slice(0, namedProjects).map(({ project }) => project);
  const more = bare.length > names.length ? ` and ${bare.length - names.length} more` : '';
  const alerts = bare.reduce((sum, one) => sum + one.alerts, 0);
  return [
    {
      ...common,
      object: `${names.join(', ')}${more}`,
      evidence: `${counted(bare.length, 'project')} with ${counted(alerts, 'alert')}, ${none}`,
    },
  ];
}

/** One finding for all: after a new policy they are many, and that is no fault. */
export function neverTriggered(
  alerts: readonly { readonly name: string; readonly lastTriggered: number | undefined }[],
): readonly Finding[] {
  const never = alerts.filter(({ lastTriggered }) => lastTriggered === undefined);
  if (never.length === 0) return [];
  const more = never.length > namedAlerts ? `, and ${never.length - namedAlerts} more` : '';
  return [
    {
      id: 'alert_never_triggered',
      severity: 'info',
      object: `${never
        .slice(0, namedAlerts)
        .map(({ name }) => name)
        .join(', ')}${more}`,
      evidence: `${never.length} of ${counted(alerts.length, 'working alert')} never triggered`,
      threshold: 'triggered at least once',
      fix: 'Prove one with sentry_capture_event, or see whether its conditions can be met',
    },
  ];
}
