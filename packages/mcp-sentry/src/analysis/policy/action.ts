import { ToolError } from '@cinecom/mcp-core';
import type { Integration, WorkflowAction } from '../../model/alert.ts';
import { plainName } from '../../text/index.ts';
import { meant } from './meant.ts';
import {
  namedTarget,
  type NamedTarget,
  type NamedTargets,
  type Notify,
  places,
  type Provider,
  providers,
} from './target-grammar.ts';

/** Where the entry of a level stands, for errors. */
export interface ActionContext {
  readonly path: string;
  readonly targets: NamedTargets | undefined;
  readonly integrations: readonly Integration[];
}

/**
 * The action that one entry of `notify` asks for, written as Sentry takes it: `targetDisplay` is the channel of slack and
 * msteams, `targetIdentifier` the channel of discord, the service of pagerduty, the team of opsgenie.
 *
 * @throws ToolError `invalid_input` for an integration or a name that is unknown or ambiguous, listing what there is
 * @see validators of `notification_action/action_validation.py` of Sentry
 */
export function actionOf(entry: Notify, context: ActionContext): WorkflowAction {
  if (entry.email !== undefined) return emailAction(entry.email);
  const provider = providers.find((name) => entry[name] !== undefined)!;
  const target = targetOf(provider, entry[provider]!, context);
  const place = target.place.trim();
  const isByDisplay = provider === 'slack' || provider === 'msteams';
  return {
    isEnabled: true,
    type: provider,
    integrationId: integrationId(provider, target.integration, context),
    targetType: 'specific',
    targetIdentifier: isByDisplay ? undefined : place,
    targetDisplay: isByDisplay ? place.replace(/^#/, '') : undefined,
    data: {
      ...(target.tags.length === 0 ? {} : { tags: target.tags.join(',') }),
      ...(target.priority === undefined ? {} : { priority: target.priority }),
    },
  };
}

function emailAction(to: string): WorkflowAction {
  const [type, id] = to.split(':');
  return {
    isEnabled: true,
    type: 'email',
    integrationId: undefined,
    targetType: type,
    targetIdentifier: id,
    targetDisplay: undefined,
    // without owners of an issue, those who work on the project hear of it
    data: id === undefined ? { fallthroughType: 'ActiveMembers' } : {},
  };
}

const defaultPriority: Partial<Record<Provider, string>> = { pagerduty: 'default', opsgenie: 'P3' };

function targetOf(provider: Provider, reference: string, { path, targets }: ActionContext): NamedTarget {
  const known = namedTarget(targets, provider, reference);
  if (known !== undefined) return known;
  const slash = reference.indexOf('/');
  if (slash > 0 && slash < reference.length - 1) {
    return {
      integration: reference.slice(0, slash).trim(),
      place: reference.slice(slash + 1),
      tags: [],
      priority: defaultPriority[provider],
    };
  }
  const names = Object.keys(targets?.[provider] ?? {});
  throw new ToolError(
    'invalid_input',
    `policy: ${path}.${provider}: ${shown(reference)}${meant(reference, names)} is no name in targets.${provider}`,
    {
      hint: `${names.length === 0 ? `targets.${provider} has no names` : `There are ${names.join(', ')}`}. Add ${plainName(reference) ?? 'NAME'}: { integration: …, ${places[provider]}: … }, or write integration/${places[provider]}.`,
    },
  );
}

function integrationId(provider: Provider, name: string, { path, integrations }: ActionContext): string {
  const all = integrations.filter((one) => one.provider === provider);
  const exact = all.filter((one) => one.name === name);
  const found = exact.length > 0 ? exact : all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  const listed = all.slice(0, 20).map((one) => `${shown(one.name)} (id ${shown(one.id)})`);
  throw new ToolError(
    'invalid_input',
    `policy: ${path}.${provider}: ${
      found.length > 1
        ? `${found.length} integrations have the name ${shown(name)}`
        : `there is no ${provider} integration ${shown(name)}${meant(
            name,
            all.map((one) => one.name),
          )}`
    }`,
    {
      hint:
        listed.length === 0
          ? `No ${provider} integration is connected in Sentry: connect it in its settings first.`
          : `There are: ${listed.join(', ')}. ${found.length > 1 ? 'Rename one in Sentry, so that the name is unique.' : 'Names are written as Sentry shows them.'}`,
    },
  );
}

function shown(name: string): string {
  return plainName(name) ?? '(a name)';
}
