import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { reaperScript } from './reaper-script.ts';

/** Watches over a scratch folder from outside of this process. */
export interface Reaper {
  /** Ends what works in the folder and removes it. Safe to call twice. @throws Error when it cannot be removed */
  reap(): Promise<void>;
}

/**
 * Starts the watch: when this process ends, however it ends, or on `reap`, PostgreSQL's programs in `folder` are ended and the
 * folders removed.
 * @param more folders that go with it, as one for a socket
 */
export function startReaper(folder: string, more: readonly string[] = []): Reaper {
  // `--` would be eaten; the folder's path is absolute, so it is no option
  const child = spawn(process.execPath, ['-e', reaperScript, folder, ...more], {
    cwd: '/',
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  child.stdin.on('error', () => undefined); // it was killed itself
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    child.ref();
    child.stdin.end();
    await gone;
    if (existsSync(folder)) await reapAgain(folder, more);
  };
  return { reap: () => (ending ??= end()) };
}

/** The first watch was killed itself. */
async function reapAgain(folder: string, more: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['-e', reaperScript, folder, ...more], { env: {}, stdio: 'ignore' });
  await once(child, 'exit');
  if (existsSync(folder)) throw new Error(`The scratch folder ${folder} could not be removed`);
}
