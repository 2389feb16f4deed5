/** What one project told about the window and the baseline before it. */
export interface FleetProject {
  readonly project: string;
  /** Of the window. Estimates are rounded to whole events. */
  readonly events: number;
  readonly users: number;
  /** Of the baseline. */
  readonly eventsBefore: number;
  /** Events by complete hour of the baseline, for its bursts; empty where it is not known. */
  readonly hourly: readonly number[];
  /** Its hours would decide and could not be read: only what no burst explains is then an alarm. */
  readonly areHoursUnread?: boolean;
  /** Users of each unhandled issue that was first seen in the window. */
  readonly newUnhandledUsers: readonly number[];
  /** Events of the window that quota, filters or key limits swallowed; undefined where it is not told. */
  readonly dropped?: number | undefined;
  /** Others of the whole hours that hold the window: of it or of the time beside it. */
  readonly droppedNearby?: number | undefined;
}

/** Lengths in hours, >0. */
export interface FleetSpans {
  readonly windowHours: number;
  readonly baselineHours: number;
}

export type FleetRule =
  | 'new-unhandled-issue'
  | 'rate-critical'
  | 'rate-warning'
  | 'silent'
  | 'no-change'
  | 'too-little-data'
  | 'too-bursty'
  | 'bursts-unread';

/** What a project is, and all that it was judged by. */
export interface FleetVerdict {
  readonly project: string;
  readonly verdict: 'critical' | 'warning' | 'ok' | 'silent' | 'unknown';
  readonly rule: FleetRule;
  readonly events: number;
  readonly users: number;
  readonly eventsBefore: number;
  /** Events an hour. */
  readonly rate: number;
  readonly rateBefore: number;
  /** undefined: there were none before. */
  readonly ratio: number | undefined;
  /** 95 % range of the ratio. */
  readonly ratioLow: number;
  readonly ratioHigh: number | undefined;
  readonly phi: number;
  /** `phi` is the most that there can be, since the hours could not be read. */
  readonly isPhiAtMost: boolean;
  /** Two-sided. */
  readonly p: number;
  /** p over all projects of the answer, by Benjamini and Hochberg. */
  readonly q: number;
  readonly method: 'exact' | 'quasi-Poisson';
  /** Probability that a doubling would have been seen, 0–1. */
  readonly power: number;
  readonly dropped: number | undefined;
  readonly droppedNearby: number | undefined;
  /** What it was judged by, in words with figures. */
  readonly evidence: string;
  readonly threshold: string;
}
