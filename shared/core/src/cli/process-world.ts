import { systemClock } from '../define/call.ts';
import { exitCodes } from './exit-codes.ts';
import { askHidden } from './hidden-input.ts';
import type { World } from './world.ts';

const longestInputBytes = 1024 * 1024;

export interface ProcessWorld extends World {
  /** Resolves when all output has left; a pipe must not lose its end to `process.exit`. */
  flushed(): Promise<void>;
}

/** This process as a world. Installs nothing until asked to. */
export function processWorld(): ProcessWorld {
  const interruption = new AbortController();
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readInput,
    askHidden: process.stdin.isTTY ? askHidden : undefined,
    interactive: process.stderr.isTTY ?? false,
    interrupted: interruption.signal,
    async flushed() {
      await Promise.all([drained(process.stdout), drained(process.stderr)]);
    },
    catchSignals() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
          interruption.abort(new Error(signal));
        });
      }
      // A reader that went away, such as head, is no fault: the command still ends in order.
      process.stdout.on('error', () => undefined);
    },
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > longestInputBytes) return '';
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
