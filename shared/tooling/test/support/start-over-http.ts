import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../src/repository.ts';

export interface OverHttp {
  /** Address of its `/mcp`. */
  readonly url: string;
  readonly child: ChildProcess;
}

/** The built server over HTTP on a free port, as an operator starts it. */
export async function startOverHttp(name: string, env: NodeJS.ProcessEnv, ...flags: string[]): Promise<OverHttp> {
  const args = [join(root, `packages/${name}/dist/cli.js`), '--transport', 'http', '--port', '0', ...flags];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface(child.stderr)) {
    const [, url] = /listening on (\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stderr.resume();
    return { url, child };
  }
  throw new Error(`${name} ended before it listened`);
}
