import { attempt, type NotExamined } from '@cinecom/mcp-core';
import type { AlertJudgement } from '../analysis/alerts/coverage.ts';
import { judgeLegacyRules } from '../analysis/alerts/judge-legacy-rules.ts';
import { judgeWorkflows } from '../analysis/alerts/judge-workflows.ts';
import { normalForm } from '../analysis/policy/normal-form.ts';
import type { LegacyRule, Workflow } from '../model/alert.ts';
import type { Detector } from '../model/monitor.ts';
import type { Scope } from '../model/scope.ts';
import { agoOf, shortened } from './issue-rows.ts';
import type { SentryCall } from './scope.ts';

/** An alert in a list, of whatever kind of server. */
export interface AlertRow {
  readonly alert: string;
  readonly projects: string;
  readonly state: string;
  readonly environment: string;
  readonly on: string;
  readonly when: string;
  readonly notifies: string;
  readonly lastTriggered: string;
}

export interface AlertReading extends AlertJudgement {
  readonly rows: readonly AlertRow[];
  /** How this server has its alerts. */
  readonly kind: string;
  readonly api: string;
  readonly missing: readonly NotExamined[];
}

/** Alerts and monitors of today's servers; where they have none, rules of older ones. */
export async function readAlerts(scope: Scope, call: SentryCall): Promise<AlertReading> {
  const { backend, signal } = call;
  const isOld = (await backend.capability(scope.organization, 'workflows', signal)) === 'absent';
  return isOld ? readRules(scope, call) : readWorkflows(scope, call);
}

async function readWorkflows(scope: Scope, { backend, signal, clock }: SentryCall): Promise<AlertReading> {
  const [workflows, detectors] = await Promise.all([
    attempt('alerts', backend.alerts.workflows(scope, signal), { required: true }),
    attempt('monitors that set alerts off', backend.monitors.detectors(scope, signal), { required: true }),
  ]);
  const missing = [...workflows.missing, ...detectors.missing];
  const { projects, environments } = scope;
  const known = workflows.value?.workflows ?? [];
  const judged =
    workflows.value === undefined || detectors.value === undefined
      ? { findings: [], coverage: [] }
      : judgeWorkflows({ projects, workflows: known, detectors: detectors.value, environments });
  return {
    ...judged,
    missing,
    rows: known.map((workflow) => workflowRow(workflow, { detectors: detectors.value ?? [], scope, now: clock.now() })),
    kind: 'alerts and monitors',
    api: `GET organizations/${scope.organization}/workflows/ and detectors/`,
  };
}

function workflowRow(
  workflow: Workflow,
  { detectors, scope, now }: { readonly detectors: readonly Detector[]; readonly scope: Scope; readonly now: number },
): AlertRow {
  const ids = new Set(
    detectors.filter(({ id }) => workflow.detectorIds.includes(id)).map(({ projectId }) => projectId),
  );
  const form = normalForm(workflow);
  return {
    alert: shortened(workflow.name),
    projects: shortened(
      scope.projects
        .filter(({ id }) => ids.has(id))
        .map(({ slug }) => slug)
        .join(', '),
    ),
    state: form.enabled,
    environment: form.environment,
    on: shortened(form.triggers),
    when: shortened(form.conditions),
    notifies: shortened(form.actions || 'nobody'),
    lastTriggered: workflow.lastTriggered === undefined ? 'never' : agoOf(workflow.lastTriggered, now),
  };
}

async function readRules(scope: Scope, { backend, signal, clock }: SentryCall): Promise<AlertReading> {
  const rules = await attempt('alert rules', backend.alerts.legacyRules(scope, signal), { required: true });
  const { projects, environments } = scope;
  const judged =
    rules.value === undefined
      ? { findings: [], coverage: [] }
      : judgeLegacyRules({ projects, rules: rules.value, environments });
  return {
    ...judged,
    missing: [
      ...rules.missing,
      { what: 'filters of rules', why: 'this older server tells them as sentences: any issue rule that works counts' },
    ],
    rows: (rules.value ?? []).map((rule) => ruleRow(rule, clock.now())),
    kind: 'rules by project, as older servers have them',
    api: `GET projects/${scope.organization}/…/rules/ and organizations/${scope.organization}/alert-rules/`,
  };
}

function ruleRow(rule: LegacyRule, now: number): AlertRow {
  return {
    alert: shortened(rule.name),
    projects: rule.project,
    state: rule.isEnabled ? 'on' : 'off',
    environment: rule.environment ?? 'all',
    on: `${rule.kind} rule`,
    when: shortened(rule.conditions.join(', ') || 'always'),
    notifies: shortened(rule.actions.join(', ') || 'nobody'),
    lastTriggered: rule.lastTriggered === undefined ? 'never' : agoOf(rule.lastTriggered, now),
  };
}
