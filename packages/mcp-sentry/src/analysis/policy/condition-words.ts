import type { WorkflowCondition } from '../../model/alert.ts';
import { fieldsOf, numberOf, textOf } from '../../model/told.ts';
import { eventLevels, priorities } from './grammar.ts';
import { conditionText, snake } from './normal-form.ts';

const triggers: Readonly<Record<string, string>> = {
  first_seen_event: 'a new issue',
  regression_event: 'a regression',
  reappeared_event: 'an archived issue that comes back',
  issue_resolved_trigger: 'an issue that is resolved',
  every_event: 'every event',
  new_high_priority_issue: 'a new issue of high priority',
  existing_high_priority_issue: 'an issue that becomes one of high priority',
  seer_activity_trigger: 'a step that Seer has done',
};

/** What sets an alert off, for a person; what is not known as the API has it. */
export function triggerWords(condition: WorkflowCondition): string {
  const type = snake(condition.type);
  return Object.hasOwn(triggers, type) ? triggers[type]! : conditionText(condition);
}

const matches: Readonly<Record<string, string>> = { gte: ' or more', lte: ' or less', eq: '' };

/** What must hold, in the same way. */
export function conditionWords(condition: WorkflowCondition): string {
  return knownWords(snake(condition.type), condition.comparison) ?? conditionText(condition);
}

function knownWords(type: string, comparison: unknown): string | undefined {
  const told = fieldsOf(comparison);
  switch (type) {
    case 'issue_priority_greater_or_equal': {
      const name = nameOf(priorities, numberOf(comparison));
      return name === undefined ? undefined : `priority ${name} or more`;
    }
    case 'level': {
      const [name, match] = [nameOf(eventLevels, numberOf(told['level'])), textOf(told['match']) ?? ''];
      return name === undefined || !Object.hasOwn(matches, match) ? undefined : `level ${name}${matches[match]}`;
    }
    case 'event_frequency_count':
      return amountWords(told, 'events');
    case 'event_unique_user_frequency_count':
      return amountWords(told, 'users');
    case 'latest_release':
      return comparison === true ? 'in the latest release' : undefined;
    default:
      return undefined;
  }
}

function amountWords(told: ReturnType<typeof fieldsOf>, what: string): string | undefined {
  const [value, interval, filters] = [numberOf(told['value']), textOf(told['interval']), told['filters']];
  if (value === undefined || interval === undefined || (Array.isArray(filters) && filters.length > 0)) return undefined;
  return `more than ${value} ${what} in ${interval.replace(/^(\d+)([a-z]+)$/, '$1 $2')}`;
}

function nameOf(names: Readonly<Record<string, number>>, wanted: number | undefined): string | undefined {
  return Object.entries(names).find(([, number]) => number === wanted)?.[0];
}
