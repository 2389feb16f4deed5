import type { Scratch } from '../scratch/start-scratch.ts';
import { withScratchClient } from '../scratch/with-client.ts';
import { kindOfError, shortened, type RestoreError } from './restore-error.ts';

/**
 * Runs statements one by one over a connection to a scratch server; what is refused is told and does not stop the rest.
 * @throws Error when the connection is lost; the reason of the signal
 */
export async function runStatements(
  where: { readonly scratch: Scratch; readonly database?: string; readonly signal: AbortSignal },
  statements: readonly string[],
): Promise<RestoreError[]> {
  return withScratchClient(where, async (client) => {
    const errors: RestoreError[] = [];
    for (const statement of statements) {
      const why = await client.query(statement).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (why === undefined) continue;
      await client.query('SELECT 1'); // fails where the server is gone, which is another matter
      errors.push({ kind: kindOfError(why), object: shown(statement), why: shortened(why) });
    }
    return errors;
  });
}

/** Its beginning, without what could be the hash of a password. */
function shown(statement: string): string {
  return statement.replaceAll(/\bPASSWORD '(?:[^']|'')*'/g, `PASSWORD '***'`).slice(0, 120);
}
