/** One thing that is wrong with what a person wrote, and what to do about it. */
export interface Problem {
  /** File and line, or the option: `morning.yaml:12`. */
  readonly where: string;
  /** `steps[1].onError`; empty when it is the whole file. */
  readonly field: string;
  readonly text: string;
}

/** The runbook, the list of servers or the command line is wrong: nothing was started. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly Problem[];
  /** What repairs it. */
  readonly next: string;

  constructor(problems: readonly Problem[], next: string) {
    super(problems.map((problem) => problemLine(problem)).join('\n'));
    this.problems = problems;
    this.next = next;
  }
}

/** `morning.yaml:12: steps[1].onError: …`. */
export function problemLine({ where, field, text }: Problem): string {
  return `${where}: ${field === '' ? '' : `${field}: `}${text}`;
}
