import { isToolError, type NotExamined } from '@cinecom/mcp-core';
import type { PrometheusBackend } from '../backend/port.ts';

/** What the server itself says of a query, the authority on its own syntax. */
export interface ServerOpinion {
  /** Its form; undefined where it refuses the query or was not asked. */
  readonly formatted: string | undefined;
  /** Why it refuses it, in its own words. */
  readonly rejected: string | undefined;
  readonly missing: readonly NotExamined[];
}

/** Asks the server to format a query. That it refuses is an answer, and that it cannot be asked ends nothing. */
export async function serverOpinion(
  query: string,
  backend: PrometheusBackend,
  signal: AbortSignal,
): Promise<ServerOpinion> {
  return backend.formatQuery(query, signal).then(
    (formatted) => ({ formatted, rejected: undefined, missing: [] }),
    (error: unknown) => {
      if (!isToolError(error)) throw error;
      const { code, message, backendText } = error;
      if (code === 'invalid_input') return { formatted: undefined, rejected: backendText ?? message, missing: [] };
      const missing = [{ what: 'the opinion of the server', why: message }];
      return { formatted: undefined, rejected: undefined, missing };
    },
  );
}
