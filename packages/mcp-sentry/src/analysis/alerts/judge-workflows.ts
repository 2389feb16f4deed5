import { counted, type Finding } from '@cinecom/mcp-core';
import type { Workflow, WorkflowCondition, WorkflowFilter } from '../../model/alert.ts';
import type { Detector } from '../../model/monitor.ts';
import type { Project } from '../../model/scope.ts';
import { type Coverage, coverageOf, environmentsToCover } from './coverage.ts';
import { type AlertJudgement, neverTriggered, uncovered } from './coverage-findings.ts';

export interface WorkflowReading {
  readonly projects: readonly Project[];
  readonly workflows: readonly Workflow[];
  readonly detectors: readonly Detector[];
  /** None: all. An alert of another environment covers nothing. */
  readonly environments: readonly string[];
  /** There are more alerts or detectors than were read: what none of these covers may be covered all the same. */
  readonly isCut: boolean;
}

/** Conditions that an issue of high severity meets, or can meet by happening often enough. */
const reachable = new Set([
  'issue_priority_greater_or_equal',
  'event_frequency_count',
  'event_unique_user_frequency_count',
  'event_frequency_percent',
  'event_unique_user_frequency_percent',
  'issue_occurrences',
]);
const newIssue = new Set(['first_seen_event', 'new_high_priority_issue', 'every_event']);

/** Whether somebody would hear of a severe new issue, and alerts and detectors that do nothing. */
export function judgeWorkflows(reading: WorkflowReading): AlertJudgement {
  const coverage = reading.projects.flatMap((project) => covered(project, reading) ?? []);
  return {
    coverage,
    findings: [
      ...(reading.isCut ? [] : uncovered(coverage)),
      ...reading.workflows.flatMap(idle),
      ...reading.detectors.flatMap(silent),
      ...neverTriggered(reading.workflows.filter(isWorking)),
    ],
  };
}

function covered(
  project: Project,
  { workflows, detectors, environments: wanted }: WorkflowReading,
): Coverage | undefined {
  const environments = environmentsToCover(project, wanted);
  if (environments?.length === 0) return undefined;
  const own = detectors.filter(({ projectId }) => projectId === project.id);
  const ids = new Set(own.map(({ id }) => id));
  const watching = new Set(own.filter(({ isEnabled, type }) => isEnabled && watchesErrors(type)).map(({ id }) => id));
  const connected = workflows.filter(({ detectorIds }) => detectorIds.some((id) => ids.has(id)));
  const high = connected.filter(
    (workflow) =>
      isWorking(workflow) &&
      workflow.detectorIds.some((id) => watching.has(id)) &&
      isSetOffByNew(workflow) &&
      workflow.filters.some(hearsHigh),
  );
  return coverageOf(
    project.slug,
    connected.map(({ id }) => id),
    { environments, high },
  );
}

function watchesErrors(type: string | undefined): boolean {
  return type === 'error' || type === 'issue_stream';
}

/** Of triggers that must all hold, each has to be one of a new issue. */
function isSetOffByNew({ triggers, triggerLogic }: Workflow): boolean {
  if (triggerLogic === 'none') return false;
  const isNew = ({ type }: WorkflowCondition): boolean => newIssue.has(type);
  return triggerLogic === 'all' ? triggers.length > 0 && triggers.every(isNew) : triggers.some(isNew);
}

function isWorking({ isEnabled, filters, detectorIds }: Workflow): boolean {
  return isEnabled && detectorIds.length > 0 && filters.some(notifies);
}

/** Actions that were switched off send nothing. */
function notifies({ actions }: WorkflowFilter): boolean {
  return actions.some((action) => action.isEnabled);
}

/** Does something, and a severe issue is not kept out by a condition that speaks of something else. */
function hearsHigh(filter: WorkflowFilter): boolean {
  const { logicType, conditions } = filter;
  if (!notifies(filter) || logicType === 'none') return false;
  if (conditions.length === 0) return true;
  return logicType === 'all' ? conditions.every(meetsHigh) : conditions.some(meetsHigh);
}

function meetsHigh({ type, comparison }: WorkflowCondition): boolean {
  if (reachable.has(type)) return true;
  if (type !== 'level' || typeof comparison !== 'object' || comparison === null) return false;
  const { level, match } = comparison as { readonly level?: unknown; readonly match?: unknown };
  const number = Number(level);
  return match === 'lte' ? number >= 50 : match === 'gte' ? number <= 50 : number >= 40;
}

function idle(workflow: Workflow): readonly Finding[] {
  const { name, isEnabled, filters, detectorIds, id } = workflow;
  const all = filters.flatMap(({ actions }) => actions);
  const working = all.filter((action) => action.isEnabled).length;
  const base = { object: name, severity: 'warning' as const };
  if (!isEnabled) {
    return [
      {
        ...base,
        severity: 'info',
        id: 'alert_disabled',
        evidence: `alert ${id} is off`,
        threshold: 'on',
        fix: 'Turn it on, or delete it by hand if it is not needed',
      },
    ];
  }
  return [
    ...(working > 0
      ? []
      : [
          {
            ...base,
            id: 'alert_without_action',
            evidence: `alert ${id} has 0 actions${all.length === 0 ? '' : ` that are on, ${all.length} off`}`,
            threshold: 'at least 1 action',
            fix: 'Give it somebody to notify: nobody hears it',
          },
        ]),
    ...(detectorIds.length > 0
      ? []
      : [
          {
            ...base,
            id: 'alert_without_monitor',
            evidence: `alert ${id} is connected to 0 monitors`,
            threshold: 'at least 1 monitor',
            fix: 'Connect it to the error monitor of a project: nothing can set it off',
          },
        ]),
  ];
}

function silent({ id, name, type, isEnabled, workflowIds }: Detector): readonly Finding[] {
  const object = name ?? `monitor ${id}`;
  if (!isEnabled) {
    return [
      {
        id: 'monitor_disabled',
        severity: watchesErrors(type) || workflowIds.length > 0 ? 'warning' : 'info',
        object,
        evidence: `monitor ${id} (${type ?? 'unknown type'}) is off, ${counted(workflowIds.length, 'alert')} connected`,
        threshold: 'on',
        fix: 'Turn it on: while it is off nothing is found',
      },
    ];
  }
  if (watchesErrors(type) || workflowIds.length > 0) return [];
  return [
    {
      id: 'monitor_without_alert',
      severity: 'info',
      object,
      evidence: `monitor ${id} (${type ?? 'unknown type'}) has 0 alerts`,
      threshold: 'at least 1 alert',
      fix: 'Connect an alert: what it finds is only seen by who looks',
    },
  ];
}
