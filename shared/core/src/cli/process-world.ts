import { systemClock } from '../define/call.ts';
import { exitCodes } from './exit-codes.ts';
import type { World } from './world.ts';

export interface ProcessWorld extends World {
  /**
   * Resolves when all output has left; a pipe must not lose its end to `process.exit`.
   *
   * @returns false when some could not be written, on a full disk for example; a reader that went away is no fault
   */
  flushed(): Promise<boolean>;
}

/** This process as a world. Catches no signal until asked to. */
export function processWorld(): ProcessWorld {
  const interruption = new AbortController();
  let lost = false;
  for (const stream of [process.stdout, process.stderr]) {
    // Unheard, an error here ends the process in the middle of what it does: `head` went away, a client closed stderr.
    stream.on(
      'error',
      (error: NodeJS.ErrnoException) => (lost ||= error.code !== 'EPIPE' && stream === process.stdout),
    );
  }
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async readInput() {
      const { readInput } = await import('./read-input.ts');
      return readInput(process.stdin, interruption.signal);
    },
    askHidden: process.stdin.isTTY
      ? async (question) => {
          const { askHidden } = await import('./hidden-input.ts');
          return askHidden(question, process.stdin, undefined, interruption.signal);
        }
      : undefined,
    interactive: process.stderr.isTTY ?? false,
    interrupted: interruption.signal,
    async flushed() {
      await Promise.all([drained(process.stdout), drained(process.stderr)]);
      return !lost;
    },
    catchSignals() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
          interruption.abort(new Error(signal));
        });
      }
    },
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
