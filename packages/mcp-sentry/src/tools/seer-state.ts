import { isToolError, nextCall, table, type ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { readState } from '../analysis/seer/state.ts';
import type { Issue } from '../model/issue.ts';
import type { Scope } from '../model/scope.ts';
import { defineTool } from '../tool.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { renderSource } from './web-link.ts';
import { absentSeer, noSeerFor, seerState, seerStateOf } from './seer-output.ts';

export const seerStateTool = defineTool({
  name: 'sentry_seer_state',
  title: 'State of Seer',
  description:
    "What Sentry's AI, Seer, has found of an issue: status, root cause, proposed solution, code changes and pull requests, what it waits for, when to look again. Never starts anything.",
  searchHint: 'seer autofix AI root cause fix proposal status pull request AI修正 原因 提案 状態',
  risk: 'read',
  input: z.strictObject({
    issue: z.string().min(1).max(300).describe('short id, id or address'),
    waitSeconds: z.int().min(0).max(40).default(0).describe('until it is settled'),
    organization: scopeInput.organization,
  }),
  output: seerState,
  async handle({ issue: reference, waitSeconds, organization }, call) {
    const scope = await scopeOf({ organization }, call);
    const issue = await call.backend.issues.find(scope, reference, call.signal);
    const never = noSeerFor(issue);
    if (never !== undefined) return absentSeer(issue, never, scope, call);
    const first = await call.backend.seer.state(scope, issue.id, call.signal).catch(absenceOf);
    if (isToolError(first)) return absentSeer(issue, `${first.message}.`, scope, call);
    const run = waitSeconds === 0 ? first : await settled(issue, { scope, waitSeconds, first }, call);
    return seerStateOf(issue, run, scope, call);
  },
  render(state) {
    const done = state.phase === 'absent' ? `no Seer for ${state.issue}` : `Seer of ${state.issue}: ${state.status}`;
    const lines = [
      state.phase === 'none' ? `Seer has not looked at ${state.issue} yet` : done,
      state.phase === 'absent' || state.phase === 'none' ? '' : `Updated ${state.updated}`,
      state.waitsFor === '' ? '' : `Waits for ${state.waitsFor}`,
      state.question === '' ? '' : `It asks: ${state.question}`,
      ...state.notes,
    ].filter((line) => line !== '');
    const parts = [
      lines.join('\n'),
      state.steps.length === 0 ? '' : table(state.steps, ['step', 'status']),
      state.text,
      state.pullRequests.map((address) => `Pull request: ${address}`).join('\n'),
      state.pullRequestError === '' ? '' : `A pull request could not be made: ${state.pullRequestError}`,
      renderSource(state.source),
      followUp(state),
    ];
    return parts.filter((part) => part !== '').join('\n\n');
  },
});

/** That Seer is absent is an answer; that Sentry does not answer says nothing of Seer. */
function absenceOf(error: unknown): ToolError {
  if (isToolError(error) && error.code === 'backend_unsupported') return error;
  throw error;
}

function followUp({ phase, plain, nextStep, lookAgainSeconds, runId }: z.output<typeof seerState>): string {
  if (plain === undefined) return '';
  if (lookAgainSeconds !== undefined) {
    return `Look again in ${lookAgainSeconds} s.\n${nextCall('sentry_seer_state', { issue: plain })}`;
  }
  if (phase === 'absent' || nextStep === undefined) return nextCall('sentry_root_cause', { issue: plain });
  const run = runId === undefined || nextStep === 'root_cause' ? {} : { run: runId };
  return nextCall('sentry_start_seer', { issue: plain, step: nextStep, ...run });
}

/** First soon, since short runs end soon. */
const waits = [1000, 2000, 3000];

/** Looks until nothing more comes by itself, or the time is over. */
async function settled(
  issue: Issue,
  {
    scope,
    waitSeconds,
    first,
  }: {
    readonly scope: Scope;
    readonly waitSeconds: number;
    readonly first: Awaited<ReturnType<SentryCall['backend']['seer']['state']>>;
  },
  call: SentryCall,
) {
  const { backend, signal, clock, progress } = call;
  const until = clock.now() + waitSeconds * 1000;
  let run = first;
  for (let turn = 0; !readState(run, clock.now()).isSettled && clock.now() < until; turn += 1) {
    progress(Math.max(0, waitSeconds - Math.ceil((until - clock.now()) / 1000)), waitSeconds, 'Seer is at work');
    await backend.wait(Math.max(0, Math.min(waits[turn] ?? 5000, until - clock.now())), signal);
    run = await backend.seer.state(scope, issue.id, signal);
  }
  return run;
}
