import { type SeerRun, type SeerStep, seerSteps } from '../../model/seer.ts';

/** `other`: a status that nobody knows, shown as it is told. */
export type SeerPhase = 'none' | 'processing' | 'waiting' | 'completed' | 'error' | 'cancelled' | 'other';

export interface SeerReading {
  readonly phase: SeerPhase;
  /** Further look changes nothing unless somebody acts. */
  readonly isSettled: boolean;
  /** In words; undefined where it waits for nothing. */
  readonly waitsFor: string | undefined;
  /** Seconds until a further look is worth it. */
  readonly lookAgainSeconds: number | undefined;
  /** The furthest step that is done. */
  readonly done: SeerStep | undefined;
  readonly isStale: boolean;
}

const phases: Readonly<Record<string, SeerPhase>> = {
  processing: 'processing',
  in_progress: 'processing',
  pending: 'processing',
  queued: 'processing',
  need_more_information: 'waiting',
  waiting_for_user_response: 'waiting',
  awaiting_user_input: 'waiting',
  completed: 'completed',
  error: 'error',
  failed: 'error',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  none: 'none',
};
/** A run that says nothing for so long is seldom still at work. */
const staleMs = 15 * 60_000;
const usualSeconds = 30;
const slowSeconds = 120;

export function phaseOf(status: string): SeerPhase {
  const key = status.trim().toLowerCase();
  return Object.hasOwn(phases, key) ? phases[key]! : 'other';
}

/** Where a run stands. @param now UTC ms */
export function readState(run: SeerRun | undefined, now: number): SeerReading {
  if (run === undefined) {
    return {
      phase: 'none',
      isSettled: true,
      waitsFor: undefined,
      lookAgainSeconds: undefined,
      done: undefined,
      isStale: false,
    };
  }
  const told = phaseOf(run.status);
  const phase = told === 'completed' && run.isMakingPullRequest ? 'processing' : told;
  const isRunning = phase === 'processing' || phase === 'other';
  const quietMs = run.updatedAt === undefined ? 0 : now - run.updatedAt;
  return {
    phase,
    isSettled: !isRunning,
    waitsFor: waitsFor(phase, run),
    lookAgainSeconds: isRunning ? (quietMs > 2 * 60_000 ? slowSeconds : usualSeconds) : undefined,
    done: furthestDone(run),
    isStale: isRunning && quietMs > staleMs,
  };
}

function waitsFor(phase: SeerPhase, { question, isMakingPullRequest }: SeerRun): string | undefined {
  if (phase === 'waiting') {
    return question === undefined
      ? 'an answer, given in the page of the issue or with context of a new run'
      : 'an answer to its question';
  }
  if (phase === 'processing') return isMakingPullRequest ? 'a pull request that is being made' : 'its own work';
  return phase === 'other' ? 'nobody knows what: its status is a new one' : undefined;
}

/** Keys of steps and artifacts of every generation, by what they finish. */
const stepOfKey: Readonly<Record<string, SeerStep>> = {
  root_cause: 'root_cause',
  root_cause_analysis: 'root_cause',
  solution: 'solution',
  plan: 'solution',
  changes: 'code_changes',
  code_changes: 'code_changes',
  coding: 'code_changes',
};

/** The furthest step that a run has finished. */
export function furthestDone(run: SeerRun): SeerStep | undefined {
  if (run.pullRequests.length > 0) return 'open_pr';
  const places = run.steps
    .filter(({ key, status }) => status === 'completed' && Object.hasOwn(stepOfKey, key))
    .map(({ key }) => seerSteps.indexOf(stepOfKey[key]!));
  return places.length === 0 ? undefined : seerSteps[Math.max(...places)];
}
