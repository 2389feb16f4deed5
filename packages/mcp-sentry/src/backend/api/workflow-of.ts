import type { Workflow, WorkflowAction, WorkflowCondition, WorkflowDraft, WorkflowFilter } from '../../model/alert.ts';
import { fieldsOf, listOf, numberOf, textOf, textsOf, timeOf } from '../../model/told.ts';

/** An alert of the answer; undefined without an id. */
export function workflowOf(item: unknown): Workflow | undefined {
  const told = fieldsOf(item);
  const id = textOf(told['id']);
  if (id === undefined) return undefined;
  return {
    id,
    name: textOf(told['name']) ?? '',
    isEnabled: told['enabled'] !== false,
    environment: textOf(told['environment']),
    frequencyMinutes: numberOf(fieldsOf(told['config'])['frequency']),
    detectorIds: textsOf(told['detectorIds']),
    triggerLogic: textOf(fieldsOf(told['triggers'])['logicType']) ?? 'any-short',
    triggers: conditionsOf(fieldsOf(told['triggers'])['conditions']),
    filters: listOf(told['actionFilters']).map(filterOf),
    lastTriggered: timeOf(told['lastTriggered']),
  };
}

function conditionsOf(value: unknown): readonly WorkflowCondition[] {
  return listOf(value).map((item) => {
    const { type, comparison } = fieldsOf(item);
    return { type: textOf(type) ?? 'unknown', comparison: comparison ?? null };
  });
}

function filterOf(item: unknown): WorkflowFilter {
  const told = fieldsOf(item);
  return {
    logicType: textOf(told['logicType']) ?? 'all',
    conditions: conditionsOf(told['conditions']),
    actions: listOf(told['actions']).map(actionOf),
  };
}

function actionOf(item: unknown): WorkflowAction {
  const told = fieldsOf(item);
  const config = fieldsOf(told['config']);
  return {
    type: textOf(told['type']) ?? 'unknown',
    isEnabled: (textOf(told['status']) ?? 'active') === 'active',
    integrationId: textOf(told['integrationId']),
    targetType: textOf(config['targetType']),
    targetIdentifier: textOf(config['targetIdentifier']),
    targetDisplay: textOf(config['targetDisplay']),
    data: fieldsOf(told['data']),
  };
}

/** A draft as the server takes it. */
export function workflowBody(draft: WorkflowDraft): Readonly<Record<string, unknown>> {
  return {
    name: draft.name,
    enabled: draft.isEnabled,
    environment: draft.environment ?? null,
    config: { frequency: draft.frequencyMinutes ?? 0 },
    detectorIds: draft.detectorIds.map(Number),
    triggers: { logicType: draft.triggerLogic, conditions: draft.triggers.map(conditionBody), actions: [] },
    actionFilters: draft.filters.map(({ logicType, conditions, actions }) => ({
      logicType,
      conditions: conditions.map(conditionBody),
      actions: actions.map(actionBody),
    })),
  };
}

function conditionBody({ type, comparison }: WorkflowCondition): Readonly<Record<string, unknown>> {
  return { type, comparison, conditionResult: true };
}

function actionBody(action: WorkflowAction): Readonly<Record<string, unknown>> {
  return {
    type: action.type,
    integrationId: action.integrationId ?? null,
    data: action.data,
    config: {
      targetType: action.targetType ?? null,
      targetIdentifier: action.targetIdentifier ?? null,
      targetDisplay: action.targetDisplay ?? null,
    },
    status: action.isEnabled ? 'active' : 'disabled',
  };
}
