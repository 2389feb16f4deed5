import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processTree, signalAll } from '../host/processes.ts';
import { serverIdentity } from '../host/run-as.ts';
import type { ShutdownMode } from './types.ts';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
const lookEveryMs = 15;

const signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** The server process of one data folder, started and ended as often as wanted. */
export interface Postmaster {
  /** @throws Error with the log's end when the server does not come up */
  up(): Promise<void>;
  down(mode: ShutdownMode): Promise<void>;
  pause(): void;
  resume(): void;
  logs(): string;
}

/**
 * Whether the server takes connections, by the status line that it keeps in postmaster.pid itself. The pid is compared,
 * since a killed server leaves its file behind.
 */
function isReady(data: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false; // not written yet
  }
}

export function createPostmaster(binDir: string, folder: string): Postmaster {
  const data = join(folder, 'data');
  const logFile = join(folder, 'server.log');
  let child: ChildProcess | undefined;
  const logs = (): string => readFileSync(logFile, 'utf8');
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function up(): Promise<void> {
    const log = openSync(logFile, 'a');
    const argv = ['-D', data];
    child = spawn(join(binDir, 'postgres'), argv, {
      ...serverIdentity(),
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.unref();
    const patience = AbortSignal.timeout(startTimeoutMs);
    while (!isReady(data, child.pid)) {
      if (failure) throw failure;
      if (!isRunning() || patience.aborted) throw new Error(`PostgreSQL did not start:\n${logs().slice(-2000)}`);
      await delay(lookEveryMs);
    }
  }

  async function down(mode: ShutdownMode): Promise<void> {
    const pid = child?.pid;
    if (!child || pid === undefined || !isRunning()) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    const tree = processTree(pid);
    signalAll(tree, 'SIGCONT');
    if (mode === 'kill') signalAll(tree, 'SIGKILL');
    else child.kill(signals[mode]);
    child.ref();
    const insist = setTimeout(() => signalAll(processTree(pid), 'SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(insist);
    child = undefined;
  }

  const signalTree = (signal: NodeJS.Signals): void => {
    if (child?.pid !== undefined && isRunning()) signalAll(processTree(child.pid), signal);
  };
  return { up, down, logs, pause: () => signalTree('SIGSTOP'), resume: () => signalTree('SIGCONT') };
}
