import { attempt, type Attempt, type NotExamined } from '@cinecom/mcp-core';
import type { AlertJudgement } from '../analysis/alerts/coverage-findings.ts';
import { judgeLegacyRules } from '../analysis/alerts/judge-legacy-rules.ts';
import { judgeWorkflows } from '../analysis/alerts/judge-workflows.ts';
import { alertWords } from '../analysis/policy/alert-words.ts';
import type { Integration, LegacyRule, Workflow } from '../model/alert.ts';
import type { Detector } from '../model/monitor.ts';
import type { Scope } from '../model/scope.ts';
import { missingEnvironments } from './alert-environments.ts';
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
  readonly howOften: string;
  readonly lastTriggered: string;
}

export interface AlertReading extends AlertJudgement {
  readonly rows: readonly AlertRow[];
  /** How this server has its alerts. */
  readonly kind: string;
  readonly api: string;
  readonly missing: readonly NotExamined[];
  /** More may be covered than these say. */
  readonly isCut: boolean;
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
    attempt('monitors that set alerts off', backend.monitors.detectorList(scope, signal), { required: true }),
  ]);
  const { projects, environments } = scope;
  const { workflows: known, isCut: hasMoreAlerts } = workflows.value ?? { workflows: [], isCut: false };
  const { detectors: watching, isCut: hasMoreMonitors } = detectors.value ?? { detectors: [], isCut: false };
  const isSending = known.some(({ filters }) =>
    filters.some(({ actions }) => actions.some(({ integrationId }) => integrationId !== undefined)),
  );
  const names: Attempt<readonly Integration[]> = isSending
    ? await attempt('names of integrations', backend.alerts.integrations(scope, signal))
    : { value: [], missing: [] };
  const isCut = hasMoreAlerts || hasMoreMonitors;
  const judged =
    workflows.value === undefined || detectors.value === undefined
      ? { findings: [], coverage: [] }
      : judgeWorkflows({ projects, workflows: known, detectors: watching, environments, isCut });
  return {
    ...judged,
    isCut,
    missing: [
      ...workflows.missing,
      ...detectors.missing,
      ...names.missing,
      ...(hasMoreAlerts ? [beyond('alerts', known.length)] : []),
      ...(hasMoreMonitors ? [beyond('monitors', watching.length)] : []),
      ...missingEnvironments(scope, judged.coverage),
    ],
    rows: known.map((workflow) =>
      workflowRow(workflow, { detectors: watching, integrations: names.value ?? [], scope, now: clock.now() }),
    ),
    kind: 'alerts and monitors',
    api: `GET organizations/${scope.organization}/workflows/ and detectors/`,
  };
}

function beyond(what: string, read: number): NotExamined {
  return { what: `${what} after the first ${read}`, why: 'more are not read: name a project', required: true };
}

function workflowRow(
  workflow: Workflow,
  {
    detectors,
    integrations,
    scope,
    now,
  }: {
    readonly detectors: readonly Detector[];
    readonly integrations: readonly Integration[];
    readonly scope: Scope;
    readonly now: number;
  },
): AlertRow {
  const ids = new Set(
    detectors.filter(({ id }) => workflow.detectorIds.includes(id)).map(({ projectId }) => projectId),
  );
  const words = alertWords(workflow, integrations);
  return {
    alert: shortened(workflow.name),
    projects: shortened(
      scope.projects
        .filter(({ id }) => ids.has(id))
        .map(({ slug }) => slug)
        .join(', '),
    ),
    state: words.enabled,
    environment: words.environment,
    on: shortened(words.triggers),
    when: shortened(words.conditions || 'every issue'),
    notifies: shortened(words.actions || 'nobody'),
    howOften: words.frequency,
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
    isCut: false,
    missing: [
      ...rules.missing,
      ...missingEnvironments(scope, judged.coverage),
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
    howOften: '–',
    lastTriggered: rule.lastTriggered === undefined ? 'never' : agoOf(rule.lastTriggered, now),
  };
}
