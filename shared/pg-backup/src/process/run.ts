import { spawn, type ChildProcess } from 'node:child_process';
import { redactArgs } from '../redact-args.ts';
import type { Identity } from './identity.ts';
import { readLines } from './read-lines.ts';

export type Outcome = 'ok' | 'partial' | 'failed' | 'cancelled';

/** How a program ended. `ok` says only that it did not complain: what it wrote is to be looked at as well. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly why: string;
  readonly exitCode: number | null;
  /** The last lines of standard error, at most 200. */
  readonly lines: readonly string[];
  /** Standard output, when it was asked for. */
  readonly output: string;
  /** Program and arguments, as they may be shown. */
  readonly command: readonly string[];
}

export interface RunOptions {
  readonly program: string;
  readonly argv: readonly string[];
  /** The whole environment of the child; passwords go here, never into `argv`. */
  readonly env: Readonly<Record<string, string>>;
  readonly identity?: Identity | undefined;
  readonly cwd?: string;
  /** Each line of standard error, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Keep standard output, up to 64 MiB; more makes the run fail. */
  readonly keepOutput?: boolean;
  readonly signal: AbortSignal;
}

const keptLines = 200;
const maxOutputBytes = 64 * 2 ** 20;
const patienceMs = 1000;

/**
 * Runs a program without a shell, in a process group of its own. An abort sends SIGTERM to the group and SIGKILL a second
 * later, and the promise settles when all of it is gone. Never throws: a program that is not there is a failed run.
 */
export async function run(options: RunOptions): Promise<RunEnd> {
  const { program, argv } = options;
  // One of our own: many programs at once are no leak of listeners on the caller's.
  const signal = AbortSignal.any([options.signal]);
  const command = redactArgs([program, ...argv]);
  const nothing = { exitCode: null, lines: [], output: '', command };
  if (signal.aborted) return { ...nothing, outcome: 'cancelled', why: 'cancelled before it began' };
  const child = spawn(program, argv, {
    ...options.identity,
    cwd: options.cwd ?? '/',
    env: { ...options.env },
    detached: true,
    stdio: ['ignore', options.keepOutput ? 'pipe' : 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  readLines(child.stderr, (line) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    options.onLine?.(line);
  });
  const output = collect(child);
  const stop = stopGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  const end = await ended(child);
  signal.removeEventListener('abort', stop);
  endGroup(child, 'SIGKILL'); // workers that outlived their leader
  return { ...nothing, ...judge(end, lines, signal, output()), lines, output: output().text, exitCode: end.exitCode };
}

interface Ending {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly error?: Error;
}

function ended(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ exitCode: null, killedBy: null, error });
    });
    child.once('close', (exitCode, killedBy) => resolve({ exitCode, killedBy }));
  });
}

function judge(
  { exitCode, killedBy, error }: Ending,
  lines: readonly string[],
  signal: AbortSignal,
  output: { readonly overflown: boolean },
): { outcome: Outcome; why: string } {
  if (signal.aborted) return { outcome: 'cancelled', why: 'cancelled' };
  if (error) return { outcome: 'failed', why: `could not be started: ${error.message}` };
  if (output.overflown) return { outcome: 'failed', why: `wrote more than ${maxOutputBytes} bytes` };
  if (exitCode === 0) return { outcome: 'ok', why: '' };
  const complaints = lines.filter((line) => /\b(error|fatal|panic)\b/i.test(line));
  // of parallel programs the leader speaks last, and does not know why
  const told =
    complaints.findLast((line) => !line.includes('worker process died')) ?? complaints.at(-1) ?? lines.at(-1);
  const how = killedBy === null ? `exit code ${exitCode}` : `ended by ${killedBy}`;
  return { outcome: 'failed', why: told === undefined ? how : `${told} (${how})` };
}

function collect(child: ChildProcess): () => { text: string; overflown: boolean } {
  const parts: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= maxOutputBytes) parts.push(part);
    else endGroup(child, 'SIGKILL');
  });
  return () => ({ text: Buffer.concat(parts).toString('utf8'), overflown: bytes > maxOutputBytes });
}

function stopGroup(child: ChildProcess): () => void {
  return () => {
    endGroup(child, 'SIGTERM');
    const timer = setTimeout(() => endGroup(child, 'SIGKILL'), patienceMs);
    child.once('close', () => clearTimeout(timer));
  };
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone already
  }
}
