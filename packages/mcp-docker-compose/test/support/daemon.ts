import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TempState } from '@cinecom/mcp-core/testing';
import type { DockerServer } from '@cinecom/testbed';
import { binary, environmentOf } from './binary.ts';

/** The built server as a daemon. */
export interface Daemon extends AsyncDisposable {
  readonly pid: number;
  stderr(): string;
  /** Tells it to end. @returns its exit code */
  end(): Promise<number | null>;
}

/** @param settings as in a settings file */
export async function startDaemon(
  server: DockerServer,
  options: { readonly state: TempState; readonly settings: object; readonly argv: readonly string[] },
): Promise<Daemon> {
  const file = join(options.state.dir, 'settings.json');
  await writeFile(file, JSON.stringify(options.settings));
  const child = spawn(process.execPath, [binary, 'daemon', '--settings', file, ...options.argv], {
    env: { ...environmentOf(server), ...options.state.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'exit');
  const end = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
  };
  return { pid: child.pid ?? 0, stderr: () => stderr, end, [Symbol.asyncDispose]: async () => void (await end()) };
}
