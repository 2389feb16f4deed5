import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisServer } from './types.ts';

const startTimeoutMs = 30_000;
const lookEveryMs = 10;

/** The server process over one folder with a `redis.conf`, started and ended as often as wanted. */
export function redisProcess(
  program: string,
  folder: string,
): Pick<RedisServer, 'up' | 'down' | 'pause' | 'resume' | 'logs'> {
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
    child = spawn(program, [join(folder, 'redis.conf')], { detached: true, cwd: '/', stdio: ['ignore', log, log] });
    closeSync(log);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.unref();
    const patience = AbortSignal.timeout(startTimeoutMs);
    while (!logs().slice(before).includes('Ready to accept connections')) {
      if (failure) throw failure;
      if (!isRunning() || patience.aborted) throw new Error(`Redis did not start:\n${logs().slice(-2000)}`);
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

  return { up, down, logs, pause: () => signal('SIGSTOP'), resume: () => signal('SIGCONT') };
}
