import { spawn } from 'node:child_process';
import type { Identity } from './run-as.ts';

/**
 * Runs a program to its end.
 * @returns its standard output
 * @throws Error with the end of its error output when it exits non-zero
 */
export function command(
  program: string,
  argv: readonly string[],
  identity?: Identity,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { ...identity, env: environment, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code}: ${errors.slice(-2000) || output.slice(-2000)}`));
    });
  });
}
