import { type Call, matchesGlob, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { DatabaseBackend, PostgresBackend } from '../backend/port.ts';
import type { PostgresSettings } from '../settings.ts';

/** Taken by the tools that look into a database. */
export const databaseInput = z.string().min(1).max(63).optional().describe('another of --databases');

/**
 * The database that a call means: that of the connection, or another in scope.
 *
 * @throws ToolError `out_of_scope`
 */
export async function inScope(
  database: string | undefined,
  { backend, settings, signal }: Call<PostgresBackend, PostgresSettings>,
): Promise<DatabaseBackend> {
  if (database === undefined) return backend;
  const own = await backend.facts(signal);
  if (database === own.database) return backend;
  if (settings.databases.some((glob) => matchesGlob(glob, database))) return backend.inDatabase(database);
  const allowed = settings.databases.length === 0 ? 'only that of the connection' : settings.databases.join(', ');
  throw new ToolError('out_of_scope', `database ${quote(database)} is out of scope; in scope: ${allowed}`, {
    hint: 'An operator adds it with --databases.',
  });
}
