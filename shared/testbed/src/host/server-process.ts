import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const startTimeoutMs = 30_000;
const lookEveryMs = 10;

/** A server process, started and ended as often as wanted. */
export interface ServerProcess {
  /** Starts it, and waits until it serves. */
  up(): Promise<void>;
  /** Ends the process at once and keeps its folder; what was not saved is lost. */
  down(): Promise<void>;
  /** Holds the process, so that connections stay and nothing answers. */
  pause(): void;
  resume(): void;
  logs(): string;
  /** Of the process, while it runs. */
  pid(): number | undefined;
}

export interface ServerProcessOptions {
  readonly program: string;
  /** Names the folder, so that the reaper knows the process. */
  readonly argv: readonly string[];
  /** Of its own: log and pid are written there. */
  readonly folder: string;
  /** What its log says once it serves. */
  readonly ready: string;
}

/** The server process over one work folder. */
export function serverProcess({ program, argv, folder, ready }: ServerProcessOptions): ServerProcess {
  const logFile = join(folder, 'server.log');
  let child: ChildProcess | undefined;
  const logs = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals): void => {
    if (isRunning()) child?.kill(name);
  };

  async function up(): Promise<void> {
    const before = existsSync(logFile) ? statSync(logFile).size : 0;
    const log = openSync(logFile, 'a');
    child = spawn(program, argv, { detached: true, cwd: '/', stdio: ['ignore', log, log] });
    closeSync(log);
    if (child.pid !== undefined) writeFileSync(join(folder, 'server.pid'), `${child.pid}\n`);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.unref();
    const patience = AbortSignal.timeout(startTimeoutMs);
    while (!logs().slice(before).includes(ready)) {
      if (failure) throw failure;
      if (!isRunning() || patience.aborted) throw new Error(`${program} did not start:\n${logs().slice(-2000)}`);
      await delay(lookEveryMs);
    }
  }

  async function down(): Promise<void> {
    if (!child || !isRunning()) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.ref();
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  }

  const pid = (): number | undefined => (isRunning() ? child?.pid : undefined);
  return { up, down, logs, pid, pause: () => signal('SIGSTOP'), resume: () => signal('SIGCONT') };
}
