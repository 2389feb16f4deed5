import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../src/repository.ts';

export interface OverHttp {
  /** Address of its `/mcp`. */
  readonly url: string;
  readonly child: ChildProcess;
}

/** The command of a server as it is built here. */
export function builtCommand(name: string): string {
  return join(root, `packages/${name}/dist/cli.js`);
}

/** A server over HTTP on a free port, as an operator starts it. */
export async function startOverHttp(command: string, env: NodeJS.ProcessEnv, ...flags: string[]): Promise<OverHttp> {
  const args = [command, '--transport', 'http', '--port', '0', ...flags];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface(child.stderr)) {
    const [, url] = /listening on (\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stderr.resume();
    return { url, child };
  }
  throw new Error(`${command} ended before it listened`);
}
