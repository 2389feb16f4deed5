import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BuiltClient, type BuiltOptions, openBuilt, type TempState } from '@cinecom/mcp-core/testing';

export type { Arguments, CallResult } from '@cinecom/mcp-core/testing';

/** What is published, as `npm run build` leaves it. */
export const binary = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Folders of this server below a state folder. */
export function foldersOf(state: TempState) {
  const folder = join(state.dir, 'mcp-postgres-admin');
  return { state: folder, dir: join(folder, 'audit'), marksDir: join(folder, 'marks') };
}

export type BinaryOptions = BuiltOptions;
export type BinaryClient = BuiltClient;

/** @param url of the database; undefined = `DATABASE_URL` is not set */
export async function openBinary(url: string | undefined, options: BinaryOptions = {}): Promise<BinaryClient> {
  return openBuilt(binary, {
    ...options,
    env: { ...(url === undefined ? {} : { DATABASE_URL: url }), ...options.env },
  });
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
}

/** Starts `mcp-postgres-admin …` with nothing but the given environment; its input is at an end. */
export function startCommand(argv: readonly string[], env: Readonly<Record<string, string>>): RunningCommand {
  const child = spawn(process.execPath, [binary, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const result = once(child, 'close').then(([code]) => ({ ...texts, code: code as number | null }));
  return { child, result };
}

export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  return startCommand(argv, env).result;
}

/** Asks again and again, without a fixed wait, until the answer is a value other than undefined and false. */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
  withinMs = 15_000,
): Promise<Value> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(5);
  }
}

/** Every file below a folder, as text, by its path. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}
