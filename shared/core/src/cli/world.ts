import type { Clock } from '../define/call.ts';

/** What a command needs of the process around it; tests pass their own. */
export interface World {
  /** Without node and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Standard output: the answer. Ends with a newline already. */
  out(text: string): void;
  /** Standard error: what went wrong, progress, questions. */
  err(text: string): void;
  /** All of standard input, for `--args -`. @throws ToolError `too_large` beyond 1 MiB; anything when interrupted */
  readInput(): Promise<string>;
  /** Asks a person for digits without showing them; undefined where no terminal is at hand. */
  readonly askHidden: ((question: string) => Promise<string>) | undefined;
  /** A person watches standard error. */
  readonly interactive: boolean;
  /** Aborts at Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** Called once a command runs: from now on these signals are its own to handle. `serve` has a way of its own. */
  catchSignals(): void;
}
