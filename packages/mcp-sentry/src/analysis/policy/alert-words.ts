import { duration } from '@cinecom/mcp-core';
import type { Integration, WorkflowAction, WorkflowDraft } from '../../model/alert.ts';
import { fieldsOf, textOf } from '../../model/told.ts';
import { conditionWords, triggerWords } from './condition-words.ts';
import { joined } from './join-words.ts';
import { type NormalForm, normalForm } from './normal-form.ts';
import { type Provider, places } from './target-grammar.ts';

const providerNames: Readonly<Record<Provider, string>> = {
  slack: 'Slack',
  discord: 'Discord',
  msteams: 'Microsoft Teams',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
};
/** Who hears of issues that have no owner. */
const others: Readonly<Record<string, string>> = {
  ActiveMembers: ', else active members',
  AllMembers: ', else all members',
  NoOne: ', else nobody',
};

/**
 * What an alert does, for a person: the fields of `normalForm`, which compares.
 *
 * @param integrations by whose ids actions send; one that is not among them is named by its id
 */
export function alertWords(workflow: WorkflowDraft, integrations: readonly Integration[]): NormalForm {
  const { filters, triggers, triggerLogic, frequencyMinutes } = workflow;
  const conditions = filters.map(({ logicType, conditions: all }) => joined(logicType, all.map(conditionWords)));
  return {
    ...normalForm(workflow),
    frequency: frequencyWords(frequencyMinutes),
    triggers: joined(triggerLogic, triggers.map(triggerWords)) || 'nothing',
    conditions: conditions.map((text) => text || 'every issue').join('; or '),
    actions: filters
      .map(({ actions }) => actions.map((action) => actionWords(action, integrations)).join(' and '))
      .filter((text) => text !== '')
      .join('; or '),
  };
}

function frequencyWords(minutes: number | undefined): string {
  if (minutes === undefined) return 'as often as Sentry sets';
  return minutes === 0 ? 'each time' : `at most every ${duration(minutes * 60_000)}`;
}

function actionWords(action: WorkflowAction, integrations: readonly Integration[]): string {
  const told = fieldsOf(action.data);
  const off = action.isEnabled ? '' : ' (off)';
  if (action.type === 'email') {
    const fallthrough = textOf(told['fallthroughType']) ?? textOf(told['fallthrough_type']) ?? '';
    const rest = Object.hasOwn(others, fallthrough) ? others[fallthrough] : '';
    const to = [action.targetType?.replaceAll('_', ' ') ?? 'nobody', action.targetIdentifier].filter(Boolean);
    return `email to ${to.join(' ')}${rest}${off}`;
  }
  const place = placeWords(action, integrations);
  const details = ['priority', 'tags'].flatMap((key) => {
    const text = textOf(told[key]);
    return text === undefined || text === 'default' ? [] : [`${key} ${text}`];
  });
  return `${place}${details.length === 0 ? '' : ` (${details.join(', ')})`}${off}`;
}

function placeWords(
  { type, integrationId, targetDisplay, targetIdentifier }: WorkflowAction,
  integrations: readonly Integration[],
): string {
  const provider = Object.hasOwn(places, type) ? (type as Provider) : undefined;
  const name = integrations.find(({ id }) => id === integrationId)?.name;
  const via = name ?? (integrationId === undefined ? undefined : `integration ${integrationId}`);
  const isByName = provider === 'slack' || provider === 'msteams';
  const place = isByName ? (targetDisplay ?? targetIdentifier) : targetIdentifier || targetDisplay;
  const kind = provider === undefined ? 'to' : places[provider];
  return [
    [provider === undefined ? type : providerNames[provider], via].filter(Boolean).join(' '),
    ...(place ? [`${kind} ${provider === 'slack' ? `#${place.replace(/^#/, '')}` : place}`] : []),
  ].join(', ');
}
