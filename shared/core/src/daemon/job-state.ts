import type { Outcome } from '../call/request.ts';

/** Why a run began: its time came, or it came while no daemon could run it. */
export type Why = 'due' | 'missed';

/** A run that has ended, as it is kept and shown. Times are UTC ms. */
export interface JobRun {
  readonly run: string;
  readonly tick: number;
  readonly why: Why;
  readonly startedAt: number;
  readonly ms: number;
  /** Also failure when a receiver could not be told. */
  readonly outcome: Outcome;
  readonly code?: string;
  readonly verdict?: string;
  /** The answer as it left the pipeline, cut. */
  readonly text: string;
  /** Receivers that could not be told. */
  readonly undelivered?: readonly string[];
}

/** A run whose end is not yet told. */
export interface Begun {
  readonly run: string;
  readonly tick: number;
  readonly why: Why;
  readonly startedAt: number;
  /** How it ended, once it has; receivers and the audit log may not know yet. */
  readonly ended?: JobRun;
}

/** What is known of one job. */
export interface JobState {
  /** Newest tick that was taken, or that needs no run: the first start of the daemon. */
  readonly taken: number;
  /** Cron and zone that `taken` belongs to: under another schedule nothing was missed. */
  readonly schedule: string;
  readonly begun?: Begun;
  /** Newest first. */
  readonly runs: readonly JobRun[];
}

const mostRuns = 20;

/** A run is about to begin. One that was never told, as the disk was full at its end, goes to the others. */
export function withBegun(state: JobState, begun: Begun): JobState {
  return { ...withoutBegun(state), ...takenUpTo(state, begun.tick), begun };
}

/** A run has ended; its end is still to be told. */
export function withEnd(state: JobState, ended: JobRun): JobState {
  const { run, tick, why, startedAt } = ended;
  return { ...state, begun: { run, tick, why, startedAt, ended } };
}

/** A run has ended and that is told. */
export function withRun(state: JobState, told: JobRun): JobState {
  const { taken, schedule, begun, runs } = state;
  const left = begun === undefined || begun.run === told.run ? {} : { begun };
  return {
    taken: Math.max(taken, told.tick),
    schedule,
    ...left,
    runs: [told, ...runs.filter(({ run }) => run !== told.run)].slice(0, mostRuns),
  };
}

/** A tick needs no run any more. */
export function takenUpTo(state: JobState, tick: number): Pick<JobState, 'taken'> {
  return { taken: Math.max(state.taken, tick) };
}

/** Puts a run that nobody saw end, or nobody was told of, to the others. */
export function withoutBegun(state: JobState): JobState {
  return state.begun === undefined ? state : withRun(state, endOf(state.begun));
}

/** What is to be told of a run that an earlier process left behind. */
export function endOf({ ended, ...begun }: Begun): JobRun {
  return ended ?? unknownRun(begun);
}

export function unknownRun(begun: Omit<Begun, 'ended'>): JobRun {
  const text = 'The daemon ended in the middle of this run: what it did is unknown. It is not repeated.';
  return { ...begun, ms: 0, outcome: 'unknown', text };
}
