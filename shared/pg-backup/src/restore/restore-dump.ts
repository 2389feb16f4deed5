import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programConnection } from '../process/connection.ts';
import { run, type Outcome, type RunEnd } from '../process/run.ts';
import type { Scratch } from '../scratch/start-scratch.ts';
import { withScratchClient, workOptions } from '../scratch/with-client.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';
import { createDatabaseOtherwise } from './other-locale.ts';
import { createErrorReader, type RestoreError } from './restore-error.ts';
import { restoreGlobals } from './restore-globals.ts';

export interface RestoreDumpOptions {
  readonly tools: Tools;
  /** Of the backup: `dump/` and, where it has them, `globals.sql`. */
  readonly folder: string;
  readonly database: string;
  readonly scratch: Scratch;
  /** Parallel connections; 2 by default. */
  readonly jobs?: number;
  readonly onStep?: (step: 'globals' | 'restore') => void;
  /** What pg_restore is at, one line an object. */
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface RestoreEnd {
  /** `partial`: it came to its end, and the server refused something on the way. */
  readonly outcome: Outcome;
  readonly why: string;
  readonly errorCount: number;
  /** The first errors, roles before the database. */
  readonly errors: readonly RestoreError[];
  readonly tablespaces: readonly string[];
  /** Why the copy could not have the locale of its source. */
  readonly otherLocale?: string;
}

/**
 * Restores roles and one database of a folder backup into an empty scratch server. Errors do not stop it: they are counted,
 * named and told apart, and what they cost is for the comparison to say.
 */
export async function restoreDump(options: RestoreDumpOptions): Promise<RestoreEnd> {
  const { folder, scratch, signal, onStep } = options;
  onStep?.('globals');
  const globalsFile = join(folder, 'globals.sql');
  const globals = existsSync(globalsFile)
    ? await restoreGlobals(globalsFile, scratch, signal)
    : { errors: [], tablespaces: [] };
  onStep?.('restore');
  await makeRoom(options);
  const first = await runRestore(options, true);
  const locale = first.errors.listed.find(({ kind, object }) => kind === 'locale' && object.startsWith('DATABASE'));
  const otherLocale = locale === undefined ? undefined : `${locale.why}; the copy was made with the C locale`;
  const { end, errors } = locale === undefined ? first : await restoreOtherwise(options);
  const errorCount = globals.errors.length + errors.count;
  return {
    ...judge(end, errorCount),
    errorCount,
    errors: [...globals.errors, ...errors.listed],
    tablespaces: globals.tablespaces,
    ...(otherLocale === undefined ? {} : { otherLocale }),
  };
}

/** A fresh cluster has databases of these names already, with a locale of its own. */
async function makeRoom({ scratch, database, signal }: RestoreDumpOptions): Promise<void> {
  if (database !== 'postgres' && database !== 'template1') return;
  await withScratchClient({ scratch, database: besides(database), signal }, async (client) => {
    await client.query(`ALTER DATABASE ${database} IS_TEMPLATE false`);
    await client.query(`DROP DATABASE ${database}`);
  });
}

/** A database to be connected to while another one is made. */
function besides(database: string): string {
  return database === 'postgres' ? 'template1' : 'postgres';
}

/** pg_restore ends with 1 both when it went on past errors, which it then counts, and when it gave up. */
function judge(end: RunEnd, errorCount: number): Pick<RestoreEnd, 'outcome' | 'why'> {
  const ignored = end.lines.find((line) => /^pg_restore: warning: errors ignored on restore: \d+/.test(line));
  if (end.outcome === 'failed' && ignored === undefined) return { outcome: 'failed', why: end.why };
  if (end.outcome === 'cancelled') return { outcome: 'cancelled', why: end.why };
  if (errorCount === 0) return { outcome: 'ok', why: '' };
  return { outcome: 'partial', why: `${errorCount} errors on the way` };
}

interface Run {
  readonly end: RunEnd;
  readonly errors: { readonly count: number; readonly listed: readonly RestoreError[] };
}

async function runRestore(
  { tools, folder, database, scratch, jobs = 2, onLine, signal }: RestoreDumpOptions,
  create: boolean,
): Promise<Run> {
  const { address, env } = programConnection(scratch.url(create ? besides(database) : database));
  const reader = createErrorReader();
  const end = await run({
    program: needTool(tools, 'pg_restore').path,
    argv: [
      '--no-tablespaces',
      ...(create ? ['--create'] : []),
      `--jobs=${jobs}`,
      '--verbose',
      '--no-password',
      `--dbname=${address}`,
      '--',
      join(folder, 'dump'),
    ],
    env: { ...env, PGOPTIONS: workOptions },
    onLine(line) {
      reader.read(line);
      onLine?.(line);
    },
    signal,
  });
  return { end, errors: reader.errors() };
}

async function restoreOtherwise(options: RestoreDumpOptions): Promise<Run> {
  const before = await createDatabaseOtherwise({ ...options, besides: besides(options.database) });
  const { end, errors } = await runRestore(options, false);
  return { end, errors: { count: before.length + errors.count, listed: [...before, ...errors.listed] } };
}
