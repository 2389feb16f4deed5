import { readFile } from 'node:fs/promises';
import type { Scratch } from '../scratch/start-scratch.ts';
import type { RestoreError } from './restore-error.ts';
import { runStatements } from './run-statements.ts';
import { splitStatements } from './statements.ts';

export interface GlobalsEnd {
  readonly errors: readonly RestoreError[];
  /** Tablespaces that were left out: their places are not of this machine, and content goes to the default one. */
  readonly tablespaces: readonly string[];
}

/**
 * Makes the roles of a backup in a scratch server, statement by statement, so that one refusal does not cost the rest.
 * The first superuser is there already, and keeps its login.
 * @throws when the file cannot be read or the connection is lost
 */
export async function restoreGlobals(file: string, scratch: Scratch, signal: AbortSignal): Promise<GlobalsEnd> {
  const statements = splitStatements(await readFile(file, 'utf8'));
  const tablespaces = statements.flatMap(
    (statement) => /^CREATE TABLESPACE ("(?:[^"]|"")*"|\S+)/.exec(statement)?.[1] ?? [],
  );
  const kept = statements.filter((statement) => !isLeftOut(statement, scratch.superuser));
  return { errors: await runStatements({ scratch, signal }, kept), tablespaces };
}

/** Session settings of the dump, tablespaces, and what would make or lock out the superuser that restores. */
export function isLeftOut(statement: string, superuser: string): boolean {
  const role = /^(?:CREATE ROLE|ALTER ROLE) ("(?:[^"]|"")*"|[^\s;]+)(?: WITH |$)/.exec(statement)?.[1];
  if (role !== undefined) return unquoted(role) === superuser;
  return /^SET |^(?:CREATE|ALTER|COMMENT ON) TABLESPACE |^(?:GRANT|REVOKE) [^'"]* ON TABLESPACE /.test(statement);
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
