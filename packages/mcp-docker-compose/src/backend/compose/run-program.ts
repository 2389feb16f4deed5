import { spawn } from 'node:child_process';
import { ToolError } from '@cinecom/mcp-core';

const outputLimitBytes = 16 * 1024 * 1024;

export interface ProgramCall {
  readonly program: string;
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ProgramEnd {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a program to its end, without a shell, as a process group of its own.
 *
 * When the signal aborts or the time is over the whole group gets SIGTERM, and SIGKILL two seconds later.
 * @throws ToolError `timeout`, `too_large`; the reason of the signal; an Error with `code` ENOENT for a program that is not there
 */
export function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { program, argv, folder, environment, input, timeoutMs, signal } = call;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let failure: unknown;
    let hard: NodeJS.Timeout | undefined;
    const end = (reason: unknown): void => {
      failure ??= reason;
      killGroup(child.pid, 'SIGTERM');
      hard ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), 2000);
    };
    const stop = (): void => end(signal.reason);
    const late = setTimeout(() => end(lateError(timeoutMs)), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    const output = collect(child.stdout, end);
    const errors = collect(child.stderr, end);
    child.stdin?.on('error', () => undefined); // it may end before it has read all: its exit code tells
    child.stdin?.end(input);
    const settle = (finish: () => void): void => {
      clearTimeout(late);
      clearTimeout(hard);
      signal.removeEventListener('abort', stop);
      finish();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code) =>
      settle(() => {
        if (failure !== undefined) reject(failure);
        else resolve({ code: code ?? undefined, output: output(), errors: errors() });
      }),
    );
  });
}

function collect(stream: NodeJS.ReadableStream | null, end: (reason: unknown) => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= outputLimitBytes) chunks.push(chunk);
    else end(new ToolError('too_large', 'the Compose command printed more than 16 MiB', { applied: 'unknown' }));
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function lateError(timeoutMs: number): ToolError {
  return new ToolError('timeout', `the Compose command did not end within ${timeoutMs / 1000} s`, {
    applied: 'unknown',
    hint: 'compose_overview tells what is there now.',
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
