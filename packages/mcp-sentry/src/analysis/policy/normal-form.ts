import type { WorkflowAction, WorkflowCondition, WorkflowDraft } from '../../model/alert.ts';

/** An alert as lines of text: two that do the same have the same, whoever wrote them. */
export interface NormalForm {
  readonly enabled: string;
  readonly environment: string;
  readonly frequency: string;
  readonly detectors: string;
  readonly triggers: string;
  readonly conditions: string;
  readonly actions: string;
}

/** What conditions and actions of Sentry are made of; anything else that a server adds changes nothing of them. */
const comparisonKeys = ['value', 'interval', 'comparisonInterval', 'filters', 'level', 'match', 'key', 'attribute'];
const dataKeys = ['fallthroughType', 'priority', 'tags', 'notes'];
const longIntervals: Readonly<Record<string, string>> = { '1min': '1m', '5min': '5m', '15min': '15m', '1hr': '1h' };

/** Server ids, order, defaults and spelling left aside. */
export function normalForm(workflow: WorkflowDraft): NormalForm {
  return {
    enabled: workflow.isEnabled ? 'on' : 'off',
    environment: workflow.environment || 'all',
    frequency: `${workflow.frequencyMinutes ?? 'default'} min`,
    detectors: sorted(workflow.detectorIds).join(', ') || 'none',
    triggers: triggersText(workflow),
    conditions: sorted(
      workflow.filters.map(({ logicType, conditions }) => {
        const all = sorted(conditions.map(conditionText));
        // the kind of logic says nothing of no condition, and "all" and "any" are the same of one
        const logic = logicOf(logicType);
        const joint = all.length === 1 && logic !== 'none' ? '' : `${logic} of `;
        return all.length === 0 ? 'every issue' : `${joint}${all.join(', ')}`;
      }),
    ).join('; '),
    actions: sorted(workflow.filters.map(({ actions }) => sorted(actions.map(actionText)).join(', '))).join('; '),
  };
}

/** Any of them is the rule; how one alone is joined says nothing, unless it must not be. */
function triggersText({ triggers, triggerLogic }: WorkflowDraft): string {
  const all = sorted(triggers.map(conditionText));
  const logic = logicOf(triggerLogic);
  if (all.length === 0) return 'none';
  return logic === 'any' || (all.length === 1 && logic !== 'none') ? all.join(' or ') : `${logic} of ${all.join(', ')}`;
}

function logicOf(type: string): string {
  return type === 'any-short' ? 'any' : type;
}

/** As the API has it, spelt in one way. */
export function conditionText({ type, comparison }: WorkflowCondition): string {
  const value = valueText(comparison, comparisonKeys);
  return value === 'true' ? snake(type) : `${snake(type)} ${value}`;
}

function actionText(action: WorkflowAction): string {
  const type = snake(action.type);
  const via = type === 'email' ? '' : ` via ${action.integrationId ?? 'none'}`;
  const data = valueText(action.data, dataKeys);
  return `${type}${via} to ${placeOf(type, action)}${data === '{}' ? '' : ` ${data}`}${action.isEnabled ? '' : ' (off)'}`;
}

/** Of names that the server resolves to ids the name counts, elsewhere the id. */
function placeOf(type: string, { targetType, targetIdentifier, targetDisplay }: WorkflowAction): string {
  const id = targetIdentifier || undefined;
  const name = targetDisplay?.replace(/^[#@]/, '') || undefined;
  if (type === 'email') return `${targetType ?? 'nobody'}${id === undefined ? '' : ` ${id}`}`;
  const place = type === 'slack' || type === 'msteams' ? (name ?? id) : (id ?? name);
  return place ?? 'nowhere';
}

/** Known keys only, sorted, empty ones left out; numbers as they are written. */
function valueText(value: unknown, keys: readonly string[]): string {
  if (Array.isArray(value)) return `[${sorted(value.map((item) => valueText(item, keys))).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value)
      .map(([key, inner]) => [camel(key), inner] as const)
      .filter(([key, inner]) => keys.includes(key) && !isEmpty(inner))
      .map(([key, inner]) => `${key} ${valueText(inner, keys)}`);
    return `{${sorted(parts).join(', ')}}`;
  }
  if (typeof value === 'string') return Object.hasOwn(longIntervals, value) ? longIntervals[value]! : value;
  return String(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted((left, right) => (left < right ? -1 : 1));
}

export function snake(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(text: string): string {
  return text.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
