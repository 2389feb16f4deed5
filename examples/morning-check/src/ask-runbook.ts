import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { binary } from './operator.ts';
import type { Report } from './report.ts';

const command = fileURLToPath(import.meta.resolve('@cinecom/runbook/cli'));
const runbook = fileURLToPath(new URL('../../runbooks/morning-check.yaml', import.meta.url));
const verdictStatuses: ReadonlySet<unknown> = new Set([0, 10, 11]);

/**
 * Runs the morning check as cron would: the built `cinecom-runbook` with a file that lists the servers.
 *
 * @param options.env for the server; the file names the variables only
 * @returns the report, Markdown
 * @throws Error when a question could not be asked; a bad verdict is an answer
 */
export async function askRunbook(
  report: Report,
  options: {
    readonly folder: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { env, folder, signal } = options;
  const servers = join(folder, 'servers.json');
  const named = Object.fromEntries(Object.keys(env).map((name) => [name, `\${${name}}`]));
  const postgres = { command: process.execPath, args: [binary, '--environment', 'demo'], env: named };
  await writeFile(servers, JSON.stringify({ mcpServers: { postgres } }));
  const child = spawn(process.execPath, [command, runbook, '--servers', servers], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      report.step(line);
    });
    const ended = once(child, 'close');
    const written = await text(child.stdout);
    const [status] = await ended;
    signal.throwIfAborted();
    if (!verdictStatuses.has(status)) throw new Error(`the runbook ended with ${String(status)}\n${lines.join('\n')}`);
    return written;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
