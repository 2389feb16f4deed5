/** What one release did in its span. */
export interface ReleaseSample {
  /** undefined: the server has none, or they could not be asked. */
  readonly sessions: number | undefined;
  /** Of the sessions; whole. */
  readonly crashed: number | undefined;
  /** Spans, as a measure of traffic; undefined where it cannot be asked. */
  readonly spans: number | undefined;
  readonly errors: number;
  /** Length of the span, >0. */
  readonly hours: number;
}

export type ReleaseMeasure = 'crashes per session' | 'errors per span' | 'errors per hour';

/** A release against the one before it. */
export interface ReleaseVerdict {
  readonly verdict: 'regressed' | 'ok' | 'insufficient';
  readonly reason: string;
  readonly measure: ReleaseMeasure;
  /** Per session, span or hour. */
  readonly rate: number;
  readonly rateBefore: number;
  readonly events: number;
  readonly eventsBefore: number;
  /** Sessions, spans or hours. */
  readonly exposure: number;
  readonly exposureBefore: number;
  readonly ratio: number | undefined;
  /** 95 % range of the ratio. */
  readonly ratioLow: number;
  readonly ratioHigh: number | undefined;
  /** Two-sided. */
  readonly p: number;
  readonly q: number;
  /** Probability that a doubling would have been seen, 0–1. */
  readonly power: number;
  /** More hours of both releases until a doubling would be seen; undefined where that cannot be told. */
  readonly waitHours: number | undefined;
}
