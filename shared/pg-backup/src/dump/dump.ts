import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { programConnection } from '../process/connection.ts';
import { run, type Outcome, type RunEnd } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';
import { readContents } from './read-contents.ts';

export interface DumpOptions {
  readonly tools: Tools;
  /** Address with password; the password goes by environment. */
  readonly connection: string;
  /** Of `openSnapshot`, open until the dump has ended. */
  readonly snapshot?: string;
  /** A folder; `dump/` is made in it and removed again when the dump fails. */
  readonly into: string;
  /** Parallel connections; 2 by default. Each holds locks that only conflict with changes of definitions. */
  readonly jobs?: number;
  /** gzip level 0–9 of the data files; 1 by default. */
  readonly compression?: number;
  /** How long to wait for a lock that a change of definitions holds; 10 s by default. */
  readonly lockWaitMs?: number;
  /** What pg_dump is at, one line a table. */
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a step of a backup came to. `gaps` tells in words what is not in it. */
export interface StepEnd {
  readonly outcome: Outcome;
  readonly why: string;
  readonly gaps: readonly string[];
  readonly run: RunEnd;
}

/** Dumps one database in directory format, from the given snapshot. Its table of contents is read back before it is `ok`. */
export async function dump(options: DumpOptions): Promise<StepEnd> {
  const { tools, into, signal } = options;
  const { address, env } = programConnection(options.connection);
  const folder = join(into, 'dump');
  const end = await run({
    program: needTool(tools, 'pg_dump').path,
    argv: [
      '--format=directory',
      `--file=${folder}`,
      `--jobs=${options.jobs ?? 2}`,
      `--compress=${options.compression ?? 1}`,
      `--lock-wait-timeout=${options.lockWaitMs ?? 10_000}`,
      ...(options.snapshot === undefined ? [] : [`--snapshot=${options.snapshot}`]),
      '--no-password',
      '--verbose',
      `--dbname=${address}`,
    ],
    env,
    onLine: options.onLine,
    signal,
  });
  const step = end.outcome === 'ok' ? await lookAt(folder, options, end) : failedStep(end);
  if (step.outcome === 'failed' || step.outcome === 'cancelled') await rm(folder, { recursive: true, force: true });
  return step;
}

/** Roles, memberships, tablespaces and rights on parameters: what belongs to the cluster and not to a database. */
export async function dumpGlobals(
  options: Pick<DumpOptions, 'tools' | 'connection' | 'into' | 'onLine' | 'signal'>,
): Promise<StepEnd> {
  const file = join(options.into, 'globals.sql');
  const first = await runDumpall(options, file, []);
  if (first.outcome !== 'failed' || !/pg_authid/.test(first.lines.join('\n'))) return globalsEnd(first, file, []);
  // only superusers read the hashes
  const second = await runDumpall(options, file, ['--no-role-passwords']);
  return globalsEnd(second, file, ['passwords of roles: the account may not read pg_authid']);
}

function runDumpall(
  { tools, connection, onLine, signal }: Pick<DumpOptions, 'tools' | 'connection' | 'onLine' | 'signal'>,
  file: string,
  more: readonly string[],
): Promise<RunEnd> {
  const { address, env } = programConnection(connection);
  const argv = ['--globals-only', '--encoding=UTF8', `--file=${file}`, '--no-password', ...more, `--dbname=${address}`];
  return run({ program: needTool(tools, 'pg_dumpall').path, argv, env, onLine, signal });
}

async function globalsEnd(end: RunEnd, file: string, gaps: readonly string[]): Promise<StepEnd> {
  if (end.outcome !== 'ok') {
    await rm(file, { force: true });
    return failedStep(end);
  }
  const size = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (size === 0) return { outcome: 'failed', why: 'pg_dumpall wrote nothing', gaps: [], run: end };
  return { outcome: gaps.length > 0 ? 'partial' : 'ok', why: gaps.join('; '), gaps, run: end };
}

async function lookAt(folder: string, { tools, signal }: DumpOptions, end: RunEnd): Promise<StepEnd> {
  const contents = await readContents({ tools, folder, signal });
  if (contents.outcome === 'ok') return { outcome: 'ok', why: '', gaps: [], run: end };
  return { outcome: contents.outcome, why: `the dump cannot be read back: ${contents.why}`, gaps: [], run: end };
}

function failedStep(end: RunEnd): StepEnd {
  return { outcome: end.outcome, why: end.why, gaps: [], run: end };
}
