import { quote, ToolError } from '@cinecom/mcp-core';
import { unknownEnvironments } from '../analysis/unknown-environments.ts';
import { alertWords } from '../analysis/policy/alert-words.ts';
import { type CompiledPolicy, compilePolicy } from '../analysis/policy/compile.ts';
import { type AlertChange, diffPolicy, type PolicyDiff } from '../analysis/policy/diff.ts';
import { meant } from '../analysis/policy/meant.ts';
import { readPolicy } from '../analysis/policy/read-policy.ts';
import type { Integration, Workflow, WorkflowDraft } from '../model/alert.ts';
import type { Detector } from '../model/monitor.ts';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import type { SentryCall } from './scope.ts';

export interface PolicyReading {
  readonly compiled: CompiledPolicy;
  readonly diff: PolicyDiff;
  readonly integrations: readonly Integration[];
  /** Names of alerts that the plan would take from projects outside the scope. */
  readonly narrowed: readonly string[];
  /** Environments of the policy that no project in scope has, though projects tell theirs; with what may be meant. */
  readonly strange: readonly string[];
}

/**
 * The policy against what the server has.
 * @throws ToolError of the policy's text and names; `not_configured` where there is no policy; `backend_unsupported`, with
 *   what to enter by hand, where the server has no alerts that can be written
 */
export async function readPolicyState(
  text: string | undefined,
  scope: Scope,
  call: SentryCall,
): Promise<PolicyReading> {
  const { backend, signal } = call;
  const policy = readPolicy(text ?? (await backend.alerts.policyFile()));
  const [workflowsAre, integrations] = await Promise.all([
    backend.capability(scope.organization, 'workflows', signal),
    backend.alerts.integrations(scope, signal),
  ]);
  const ground = { projects: scope.projects, integrations };
  if (workflowsAre === 'absent') throw byHand(compilePolicy(policy, { ...ground, detectors: [] }), integrations);
  const [detectors, existing] = await Promise.all([
    wholeDetectors(scope, call),
    existingAlerts(policy.prefix, scope, call),
  ]);
  const compiled = compilePolicy(policy, { ...ground, detectors });
  refuseUnwatched(compiled);
  const diff = diffPolicy(compiled, existing);
  return {
    compiled,
    diff,
    integrations,
    narrowed: narrowedBy(diff, existing, detectors),
    strange: strangeIn(compiled, scope),
  };
}

/**
 * Those of the policy in the whole organisation: one of them may be connected to projects outside the scope.
 * @throws ToolError `too_large` where the list is cut: what is not seen would be made a second time
 */
export async function existingAlerts(
  prefix: string,
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<readonly Workflow[]> {
  const { workflows, isCut } = await backend.alerts.workflowsOfPrefix(scope, prefix, signal);
  if (!isCut) return workflows;
  throw new ToolError('too_large', 'more alerts have the prefix of the policy than are read: nothing is planned', {
    hint: 'An alert that is not seen would be made a second time. Give the policy a prefix that few alerts have.',
  });
}

/** @throws ToolError `too_large` where the list is cut: alerts would lose the monitors that are not seen */
async function wholeDetectors(scope: Scope, { backend, signal }: SentryCall): Promise<readonly Detector[]> {
  const { detectors, isCut } = await backend.monitors.detectorList(scope, signal);
  if (!isCut) return detectors;
  throw new ToolError('too_large', 'the projects have more monitors than are read: nothing is planned', {
    hint: 'An alert would lose the monitors that are not seen. Apply the policy to fewer projects: projects, or --project.',
  });
}

/** Older servers: what a person enters, since their rules cannot be written as one alert for many projects. */
function byHand({ drafts, named }: CompiledPolicy, integrations: readonly Integration[]): ToolError {
  const rules = drafts.map((draft) => {
    const projects = named.get(draft.name);
    const where = projects === undefined ? '' : `; in ${quoteWhole(projects.join(', '))} only`;
    return `- ${quote(draft.name)}: ${alertText(draft, integrations)}${where}`;
  });
  return new ToolError(
    'backend_unsupported',
    'this Sentry is an older server without alerts that can be written: nothing is written, and whether the policy is in force is not known',
    { hint: `Enter by hand, in the alert rules of each project:\n${rules.join('\n')}` },
  );
}

function refuseUnwatched({ drafts, unwatched }: CompiledPolicy): void {
  const without = drafts.filter(({ detectorIds }) => detectorIds.length === 0);
  if (without.length === 0) return;
  throw new ToolError(
    'backend_unsupported',
    `policy: no monitor watches errors in any project of ${without.length} levels`,
    {
      hint: `Projects without one: ${unwatched
        .flatMap((slug) => plainName(slug) ?? [])
        .slice(0, 20)
        .join(', ')}. Sentry makes an error monitor with each project; the token may lack alerts:read for them.`,
    },
  );
}

function strangeIn({ drafts }: CompiledPolicy, { projects }: Scope): readonly string[] {
  const wanted = new Set(drafts.flatMap(({ environment }) => environment ?? []));
  const { unknown, known } = unknownEnvironments(projects, [...wanted]);
  return unknown.map((name) => `${name}${meant(name, known)}`);
}

function narrowedBy(
  diff: PolicyDiff,
  existing: readonly Workflow[],
  detectors: readonly Detector[],
): readonly string[] {
  const inScope = new Set(detectors.map(({ id }) => id));
  return diff.alerts.flatMap((alert) => {
    if (alert.kind !== 'update') return [];
    const before = existing.find(({ id }) => id === alert.id);
    return before?.detectorIds.some((id) => !inScope.has(id)) ? [alert.draft.name] : [];
  });
}

/** One line of what an alert does, fenced. */
export function alertText(draft: WorkflowDraft, integrations: readonly Integration[]): string {
  const words = alertWords(draft, integrations);
  return [
    `on ${quoteWhole(words.triggers)}`,
    `when ${quoteWhole(words.conditions)}`,
    `notify ${quoteWhole(words.actions)}`,
    words.frequency,
    words.environment === 'all' ? 'all environments' : `environment ${quote(words.environment)}`,
    ...(draft.isEnabled ? [] : ['off']),
  ].join('; ');
}

/** What of an alert is changed, before and after; what differs only as the API has it is shown so. */
export function changesText(
  { found, draft, changes }: Extract<AlertChange, { readonly kind: 'update' }>,
  integrations: readonly Integration[],
): string {
  const [was, becomes] = [alertWords(found, integrations), alertWords(draft, integrations)];
  return changes
    .map(({ field, before, after }) => {
      const isSaid = was[field] !== becomes[field];
      const [from, to] = isSaid ? [was[field], becomes[field]] : [before, after];
      return `${field} ${quoteWhole(from || 'nobody')} → ${quoteWhole(to || 'nobody')}`;
    })
    .join('; ');
}

/** A fence holds 200 characters, and of a plan nothing may be cut: longer text becomes several, parted at commas. */
export function quoteWhole(text: string): string {
  const pieces: string[] = [];
  for (const part of text.split(/(?<=[,;]) /).flatMap((one) => one.match(/.{1,180}/gsu) ?? [])) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + part.length < 180) pieces[pieces.length - 1] = `${last} ${part}`;
    else pieces.push(part);
  }
  return pieces.map((piece) => quote(piece)).join(' ');
}

/** What there is to write. */
export function writesOf(diff: PolicyDiff): readonly Exclude<AlertChange, { readonly kind: 'same' }>[] {
  return diff.alerts.flatMap((alert) => (alert.kind === 'same' ? [] : [alert]));
}
