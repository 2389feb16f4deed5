import { counted, type Finding } from '@cinecom/mcp-core';
import type { Coverage } from './coverage.ts';

export interface AlertJudgement {
  readonly findings: readonly Finding[];
  /** Of projects that have an environment that is looked at. */
  readonly coverage: readonly Coverage[];
}

const namedAlerts = 5;
const singleProjects = 5;
const namedProjects = 10;
const namedEnvironments = 5;
/** What SDKs of Sentry call the environment where nobody says another, and its usual short form. */
const production = /^prod(uction)?$/i;

/** Where nobody hears when something severe happens; many projects are one finding. */
export function uncovered(coverage: readonly Coverage[]): readonly Finding[] {
  return [...withoutAny(coverage.filter(({ high }) => high.length === 0)), ...inPart(coverage)];
}

function withoutAny(projects: readonly Coverage[]): readonly Finding[] {
  const common = {
    id: 'project_without_high_alert',
    severity: 'warning',
    threshold: 'at least 1 that is on and notifies somebody',
    fix: 'Add a level with when: { priority: high } to the alert policy',
  } as const;
  const none = '0 of them set off by a new issue of high priority';
  if (projects.length <= singleProjects) {
    return projects.map(({ project, alerts, environments }) => ({
      ...common,
      object: project,
      evidence: `${counted(alerts.length, 'alert')}, ${none}${environments === undefined ? '' : ` in ${listed(environments, namedEnvironments)}`}`,
    }));
  }
  const alerts = new Set(projects.flatMap((one) => one.alerts));
  return [
    {
      ...common,
      object: projectsText(projects),
      evidence: `${counted(projects.length, 'project')} with ${counted(alerts.size, 'alert')}, ${none}`,
    },
  ];
}

/** Heard of in one environment and not in another: that is a fault where the other is production. */
function inPart(coverage: readonly Coverage[]): readonly Finding[] {
  const projects = coverage.filter(({ high, bare }) => high.length > 0 && bare.length > 0);
  const grave = projects.filter(({ bare }) => bare.some((name) => production.test(name)));
  const other = projects.filter((one) => !grave.includes(one));
  return [...partFindings(grave, 'warning'), ...partFindings(other, 'info')];
}

function partFindings(projects: readonly Coverage[], severity: 'warning' | 'info'): readonly Finding[] {
  if (projects.length === 0) return [];
  const bare = [...new Set(projects.flatMap((one) => one.bare))].toSorted(
    (left, right) => Number(production.test(right)) - Number(production.test(left)),
  );
  return [
    {
      id: 'environment_without_high_alert',
      severity,
      object: projectsText(projects),
      evidence: `0 alerts for a new issue of high priority in ${listed(bare, namedEnvironments)}, though there are in other environments`,
      threshold: 'at least 1 for every environment that is looked at',
      fix: 'Add a level for it to the alert policy; environment says which environments count',
    },
  ];
}

/** One finding for all: after a new policy they are many, and that is no fault. */
export function neverTriggered(
  alerts: readonly { readonly name: string; readonly lastTriggered: number | undefined }[],
): readonly Finding[] {
  const never = alerts.filter(({ lastTriggered }) => lastTriggered === undefined);
  if (never.length === 0) return [];
  return [
    {
      id: 'alert_never_triggered',
      severity: 'info',
      object: listed(
        never.map(({ name }) => name),
        namedAlerts,
        ', and',
      ),
      evidence: `${never.length} of ${counted(alerts.length, 'working alert')} never triggered`,
      threshold: 'triggered at least once',
      fix: 'Prove one with sentry_capture_event, or see whether its conditions can be met',
    },
  ];
}

function projectsText(projects: readonly Coverage[]): string {
  return listed(
    projects.map(({ project }) => project),
    namedProjects,
  );
}

function listed(names: readonly string[], most: number, and = ' and'): string {
  const more = names.length > most ? `${and} ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}
