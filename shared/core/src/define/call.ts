import type { State } from '../state/state.ts';

/** UTC milliseconds; passed in everywhere so that tests own time. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Reports progress; sent only when the client asked for it, at most once a second. `total` undefined = unknown. */
export type Progress = (done: number, total: number | undefined, text: string) => void;

/** All that a tool gets beside its input. */
export interface Call<Backend, Settings> {
  readonly backend: Backend;
  readonly settings: Settings;
  /** Client cancel ∪ timeout ∪ shutdown. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Whoever called waits for the end of long work: a job with a time of its own, a person at a terminal. */
  readonly waitsForEnd: boolean;
  readonly state: State;
}
