/** What a container has used up to a moment; undefined = the engine does not report it, which is never zero. */
export interface StatsSample {
  /** When the engine read it, UTC ms. */
  readonly readAt: number;
  /** CPU time of all cores since its start. */
  readonly cpuNanoseconds: number | undefined;
  /** Scheduling periods of its CPU limit, and those in which it had to wait. */
  readonly periods: number | undefined;
  readonly throttledPeriods: number | undefined;
  /** Memory without file pages that can be given back at once. */
  readonly workingSetBytes: number | undefined;
  readonly pids: number | undefined;
  readonly network: Transfer | undefined;
  readonly disk: Transfer | undefined;
}

/** Bytes since its start. */
export interface Transfer {
  readonly inBytes: number;
  readonly outBytes: number;
}

export interface StatsPair {
  readonly before: StatsSample;
  readonly after: StatsSample;
}
