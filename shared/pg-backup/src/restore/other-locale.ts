import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientEnvironment } from '../process/environment.ts';
import { run } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';
import type { Scratch } from '../scratch/start-scratch.ts';
import type { RestoreError } from './restore-error.ts';
import { runStatements } from './run-statements.ts';
import { splitStatements } from './statements.ts';

/**
 * Makes the database of a dump, with its own settings, rights and comment, but with the C locale instead of one that this
 * machine does not have. The encoding stays.
 * @throws Error when the dump does not tell how its database is made
 */
export async function createDatabaseOtherwise(options: {
  readonly tools: Tools;
  readonly folder: string;
  readonly scratch: Scratch;
  /** The database to be connected to meanwhile. */
  readonly besides: string;
  readonly signal: AbortSignal;
}): Promise<RestoreError[]> {
  const { scratch, besides, signal } = options;
  const list = (await restoreText(options, ['--list'])).split('\n').filter((line) => ofDatabase.test(line));
  const listFile = join(scratch.folder, 'database.list');
  await writeFile(listFile, `${list.join('\n')}\n`);
  const text = await restoreText(options, ['--create', '--no-tablespaces', '--file=-', `--use-list=${listFile}`]);
  const statements = splitStatements(text).filter(
    (statement) => !/^SET |^SELECT pg_catalog\.set_config/.test(statement),
  );
  return runStatements({ scratch, database: besides, signal }, statements.map(withLocaleC));
}

const ofDatabase = /^\d+; \d+ \d+ (?:DATABASE|DATABASE PROPERTIES|(?:ACL|COMMENT|SECURITY LABEL) - DATABASE) /;

/** `CREATE DATABASE` keeps its name and encoding; anything else is as it was. */
export function withLocaleC(statement: string): string {
  const head = /^CREATE DATABASE (?:"(?:[^"]|"")*"|\S+) WITH TEMPLATE = template0/.exec(statement)?.[0];
  if (head === undefined) return statement;
  const encoding = / ENCODING = '[^']*'/.exec(statement.slice(head.length))?.[0] ?? '';
  return `${head}${encoding} LOCALE = 'C'`;
}

async function restoreText(
  { tools, folder, signal }: { readonly tools: Tools; readonly folder: string; readonly signal: AbortSignal },
  argv: readonly string[],
): Promise<string> {
  const end = await run({
    program: needTool(tools, 'pg_restore').path,
    argv: [...argv, '--', join(folder, 'dump')],
    env: clientEnvironment(),
    keepOutput: true,
    signal,
  });
  signal.throwIfAborted();
  if (end.outcome !== 'ok') throw new Error(`The dump does not tell how its database is made: ${end.why}`);
  return end.output;
}
