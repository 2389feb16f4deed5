/** One line that a container wrote. */
export interface LogLine {
  /** UTC ms, with fractions. */
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  /** Its beginning, where it is longer than 8 kB; what is no UTF-8 stands as U+FFFD. */
  readonly text: string;
}

export interface LogRequest {
  /** UTC ms. */
  readonly since: number;
  /** UTC ms; undefined = until now. */
  readonly until: number | undefined;
  readonly stream: 'stdout' | 'stderr' | 'both';
  /** Of what is kept; older lines give way to newer ones. */
  readonly keptBytes: number;
}

export interface LogReading {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  readonly bytesRead: number;
  /** `older`: only the newest lines of the window are here; `newer`: reading took too long or too much and ended before the window did. */
  readonly cut: 'nothing' | 'older' | 'newer';
}
