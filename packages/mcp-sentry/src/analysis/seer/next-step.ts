import { ToolError } from '@cinecom/mcp-core';
import { type SeerRun, type SeerStep, seerSteps } from '../../model/seer.ts';
import { readState } from './state.ts';

/** Steps that the setting permits: past a proposed solution Seer writes code. */
export function permittedSteps(seerCodeChanges: boolean): readonly SeerStep[] {
  return seerCodeChanges ? seerSteps : seerSteps.slice(0, 2);
}

/**
 * The step that would follow; undefined where the run is at work, has done all, or may not go further.
 * @param now UTC ms
 */
export function nextStep(run: SeerRun | undefined, seerCodeChanges: boolean, now: number): SeerStep | undefined {
  const { isSettled, isStale, phase, done } = readState(run, now);
  if (!isSettled && !isStale) return undefined;
  if (phase === 'waiting') return undefined;
  const following = done === undefined ? 'root_cause' : seerSteps[seerSteps.indexOf(done) + 1];
  return following !== undefined && permittedSteps(seerCodeChanges).includes(following) ? following : undefined;
}

/**
 * Whether a step may be started, as a person asked for it.
 *
 * @throws ToolError `not_allowed` past the solution without the setting; `invalid_input` for a stopping point before the
 *   step or beyond one that goes on, and for a step that goes on with a run where there is none; `backend_conflict` while a run is at work
 */
export function checkStart(
  request: { readonly step: SeerStep; readonly stoppingPoint: SeerStep },
  run: SeerRun | undefined,
  { seerCodeChanges, now }: { readonly seerCodeChanges: boolean; readonly now: number },
): void {
  const permitted = permittedSteps(seerCodeChanges);
  for (const [field, step] of Object.entries({ step: request.step, stoppingPoint: request.stoppingPoint })) {
    if (permitted.includes(step)) continue;
    throw new ToolError('not_allowed', `${field} ${step} goes past solution: Seer would write code`, {
      hint: `Permitted: ${permitted.join(', ')}. --seer-code-changes permits the others.`,
    });
  }
  if (seerSteps.indexOf(request.stoppingPoint) < seerSteps.indexOf(request.step)) {
    throw new ToolError('invalid_input', `stoppingPoint ${request.stoppingPoint} comes before step ${request.step}`, {
      hint: `Order: ${seerSteps.join(', ')}.`,
    });
  }
  if (request.step !== 'root_cause' && request.stoppingPoint !== request.step) {
    throw new ToolError('invalid_input', 'stoppingPoint is for runs that start at root_cause: going on does one step', {
      hint: 'Leave stoppingPoint out.',
    });
  }
  const state = readState(run, now);
  if (!state.isSettled && !state.isStale) {
    throw new ToolError('backend_conflict', 'Seer is at work on this issue', {
      hint: `Look again with sentry_seer_state in ${state.lookAgainSeconds ?? 30} s.`,
    });
  }
  if (request.step !== 'root_cause' && state.done === undefined) {
    throw new ToolError('invalid_input', `step ${request.step} goes on with a finished run, and there is none`, {
      hint: 'Start with step root_cause.',
    });
  }
  if (request.step === 'open_pr' && state.done !== 'code_changes') {
    throw new ToolError('invalid_input', `step open_pr needs code changes; the run has done ${state.done}`, {
      hint:
        state.done === 'open_pr'
          ? 'Its pull request is there: sentry_seer_state shows it.'
          : 'Go on with step code_changes first.',
    });
  }
}
