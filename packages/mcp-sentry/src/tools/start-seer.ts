import { attempt, nextCall, outside, type Plan, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { checkStart } from '../analysis/seer/next-step.ts';
import { readState } from '../analysis/seer/state.ts';
import type { Issue } from '../model/issue.ts';
import type { SeerRun, SeerStep } from '../model/seer.ts';
import { defineTool } from '../tool.ts';
import { plainName } from '../text/index.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { noSeerFor, seerSource } from './seer-output.ts';
import { renderSource, source } from './web-link.ts';

const order = ['root_cause', 'solution', 'code_changes', 'open_pr'] as const satisfies readonly SeerStep[];
const steps = z.enum(order);

export const startSeer = defineTool({
  name: 'sentry_start_seer',
  title: 'Start Seer',
  description:
    "Lets Sentry's AI, Seer, look for the root cause of an issue and propose a fix, or go on with a run. Returns at once; sentry_seer_state shows the result. Code and pull requests only where the settings permit.",
  searchHint: 'seer autofix AI fix start root cause solution pull request AI修正 開始 原因調査',
  risk: 'write',
  input: z.strictObject({
    issue: z.string().min(1).max(300).describe('short id, id or address'),
    step: steps.default('root_cause'),
    stoppingPoint: steps.optional().describe('default: step'),
    context: z.string().max(1000).optional().describe('what Seer should know'),
    run: z.uuid().optional().describe('run to go on with; default the last'),
    organization: scopeInput.organization,
  }),
  output: z.strictObject({
    issue: outside(z.string()),
    step: steps,
    stoppingPoint: steps,
    runId: z.string().optional(),
    plain: z.string().optional(),
    source,
  }),
  async plan({ issue: reference, step, stoppingPoint = step, context, run: wanted, organization }, call) {
    const { seerCodeChanges } = call.settings;
    const now = call.clock.now();
    // refused before Sentry is asked for anything
    checkStart({ step: 'root_cause', stoppingPoint: furthest(step, stoppingPoint) }, undefined, {
      seerCodeChanges,
      now,
    });
    const scope = await scopeOf({ organization }, call);
    const issue = await call.backend.issues.find(scope, reference, call.signal);
    const never = noSeerFor(issue);
    if (never !== undefined)
      throw new ToolError('backend_unsupported', never, { hint: 'sentry_root_cause looks without it.' });
    const run = await call.backend.seer.state(scope, issue.id, call.signal);
    checkStart({ step, stoppingPoint }, run, { seerCodeChanges, now });
    const runId = step === 'root_cause' ? undefined : runOf(wanted, run);
    const touched = await repositoriesOf(stoppingPoint, run, scope, call);
    const observed: Observed = {
      organization: scope.organization,
      issue: issue.id,
      shortId: issue.shortId,
      step,
      stoppingPoint,
      context: context ?? null,
      runId: runId ?? null,
      lastRun: run?.runId ?? null,
      done: readState(run, now).done ?? null,
      repositories: [...touched],
    };
    return planOf(observed, issue, run !== undefined);
  },
  async apply({ observed }, call) {
    const { issue, step, stoppingPoint, context, runId } = observed;
    const scope = await scopeOf({ organization: observed.organization }, call);
    const request = { step, stoppingPoint, context: context ?? undefined, runId: runId ?? undefined };
    const started = await call.backend.seer.start(scope, issue, request, call.signal);
    const told = plainName(started.runId);
    const plain = plainName(observed.shortId);
    return {
      issue: observed.shortId,
      step,
      stoppingPoint,
      ...(told === undefined ? {} : { runId: told }),
      ...(plain === undefined ? {} : { plain }),
      source: seerSource({ id: issue }, scope, call, 'POST'),
    };
  },
  async settle({ observed }, call) {
    const scope = await scopeOf({ organization: observed.organization }, call);
    const run = await call.backend.seer.state(scope, observed.issue, call.signal);
    if (run === undefined) return 'no';
    if (!readState(run, call.clock.now()).isSettled) return 'yes';
    return (run.runId ?? null) === observed.lastRun ? 'unknown' : 'yes';
  },
  render({ issue, step, stoppingPoint, runId, plain, source: from }) {
    const run = runId === undefined ? '' : `, run ${runId}`;
    const next = plain === undefined ? '' : `\n\n${nextCall('sentry_seer_state', { issue: plain, waitSeconds: 40 })}`;
    return `Seer is at work on ${issue}: ${step}, up to ${stoppingPoint}${run}. It takes minutes.\n\n${renderSource(from)}${next}`;
  },
});

/** A type, since only types are JSON by their shape. */
type Observed = {
  readonly organization: string;
  readonly issue: string;
  readonly shortId: string;
  readonly step: SeerStep;
  readonly stoppingPoint: SeerStep;
  readonly context: string | null;
  readonly runId: string | null;
  readonly lastRun: string | null;
  readonly done: string | null;
  readonly repositories: string[];
};

function planOf(observed: Observed, issue: Issue, hasRun: boolean): Plan<Observed> {
  const { step, stoppingPoint, context, runId, repositories } = observed;
  const named = quote(`${issue.shortId} ${issue.title ?? ''}`.trim());
  const touched =
    repositories.length === 0
      ? 'which repositories it would touch is not known'
      : `repositories it may touch: ${quote(repositories.slice(0, 10).join(', '))}`;
  return {
    summary: `Seer: ${step}${stoppingPoint === step ? '' : ` up to ${stoppingPoint}`} of ${named}`,
    steps: [
      runId === null ? `start a run of Seer for ${named}` : `go on with run ${runId} of ${named}`,
      `it ends after ${stoppingPoint}`,
      ...(context === null ? [] : [`Seer is told ${quote(context)}`]),
    ],
    targets: [
      { type: 'issue', id: plainName(issue.shortId) ?? issue.id },
      { type: 'project', id: plainName(issue.project) ?? 'unknown' },
    ],
    warnings: [
      'Seer sends the issue and parts of the code to the models of Sentry, and uses up quota',
      ...(isCode(stoppingPoint) ? [touched] : []),
      ...(hasRun && step === 'root_cause' ? ['what the last run found is replaced'] : []),
    ],
    undo: isCode(stoppingPoint)
      ? 'Close the pull request and delete its branch by hand; a run cannot be taken back'
      : 'a run cannot be taken back; it changes nothing but what Seer shows',
    observed,
  };
}

function furthest(step: SeerStep, stoppingPoint: SeerStep): SeerStep {
  return order[Math.max(order.indexOf(step), order.indexOf(stoppingPoint))]!;
}

function isCode(step: SeerStep): boolean {
  return step === 'code_changes' || step === 'open_pr';
}

function runOf(wanted: string | undefined, run: SeerRun | undefined): string {
  const known = run?.runId;
  if (wanted !== undefined && known !== undefined && wanted.toLowerCase() !== known.toLowerCase()) {
    throw new ToolError('invalid_input', 'run is not the last run of this issue', {
      hint: 'Leave it out, or start anew with step root_cause; sentry_seer_state shows the last run.',
    });
  }
  const runId = wanted ?? plainName(known);
  if (runId !== undefined) return runId;
  throw new ToolError('backend_unsupported', 'this Sentry does not tell the uuid of the run to go on with', {
    hint: 'Start anew with step root_cause and a stoppingPoint.',
  });
}

/** Those of the run; where it names none, all that are connected. Only asked where code would be written. */
async function repositoriesOf(
  stoppingPoint: SeerStep,
  run: SeerRun | undefined,
  scope: Parameters<SentryCall['backend']['seer']['repositories']>[0],
  { backend, signal }: SentryCall,
): Promise<readonly string[]> {
  if (!isCode(stoppingPoint)) return [];
  if (run !== undefined && run.repositories.length > 0) return run.repositories;
  const { value } = await attempt('repositories', backend.seer.repositories(scope, signal));
  return value ?? [];
}
