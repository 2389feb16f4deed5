import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverEnvironment } from '../process/environment.ts';
import { run } from '../process/run.ts';
import type { ScratchPlace } from './registration.ts';

export interface ServerProcess {
  /** Set once the server has ended. */
  readonly ended: () => boolean;
  /** The last lines of its log. */
  readonly log: () => Promise<string>;
  /** True inside a network namespace of its own. */
  readonly isolated: boolean;
}

/** Whether root can give a program an empty network. */
async function canIsolate(signal: AbortSignal): Promise<boolean> {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
  const end = await run({ program: 'unshare', argv: ['--net', '--', 'true'], env: serverEnvironment(), signal });
  return end.outcome === 'ok';
}

/** Starts `postgres` in a scratch folder; it keeps running when this process's terminal is interrupted, the reaper ends it. */
export async function startServer(
  postgres: string,
  argv: readonly string[],
  { folder, identity }: Pick<ScratchPlace, 'folder' | 'identity'>,
  options: { readonly isolate: boolean; readonly signal: AbortSignal },
): Promise<ServerProcess> {
  const isolated = options.isolate && (await canIsolate(options.signal));
  const logFile = join(folder, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const account = identity ? [`--setgid=${identity.gid}`, `--setuid=${identity.uid}`] : [];
  const [program, words] = isolated ? ['unshare', ['--net', ...account, '--', postgres, ...argv]] : [postgres, argv];
  const child: ChildProcess = spawn(program, words, {
    ...(isolated ? {} : identity),
    cwd: '/',
    detached: true,
    env: serverEnvironment(),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  return {
    isolated,
    ended: () => failure !== undefined || child.exitCode !== null || child.signalCode !== null,
    async log() {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return failure?.message ?? text.trimEnd().split('\n').slice(-20).join('\n');
    },
  };
}
