import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { serverEnvironment } from '../process/environment.ts';

/** A running `tar`, whose one end is a stream. */
export interface Tar<Stream> {
  readonly stream: Stream;
  /** Settles when it has ended. @throws Error with what it said */
  readonly ended: Promise<void>;
}

/** The entries `names` of a folder as one stream, with links, modes and empty folders. */
export function packFolder(folder: string, names: readonly string[], signal: AbortSignal): Tar<Readable> {
  const child = spawn('tar', ['--create', '--file=-', `--directory=${folder}`, '--', ...names], {
    cwd: '/',
    env: serverEnvironment(),
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { stream: child.stdout, ended: endOf(child, child.stderr) };
}

/** Unpacks into a folder; entries that would lead out of it are left out by `tar` itself. */
export function unpackInto(folder: string, signal: AbortSignal): Tar<Writable> {
  const child = spawn('tar', ['--extract', '--file=-', `--directory=${folder}`, '--no-same-owner'], {
    cwd: '/',
    env: serverEnvironment(),
    signal,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  return { stream: child.stdin, ended: endOf(child, child.stderr) };
}

function endOf(child: ReturnType<typeof spawn>, stderr: Readable): Promise<void> {
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  const ended = closed(child, () => said.trim());
  ended.catch(() => undefined); // who waits for it later is told
  return ended;
}

async function closed(child: ReturnType<typeof spawn>, said: () => string): Promise<void> {
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`tar failed: ${said() || `exit code ${String(code)}`}`);
}
