import { type Call, ToolError } from '@cinecom/mcp-core';
import { readStatements } from '../analysis/index-advice/pick-statements.ts';
import type { WorkloadStatement } from '../analysis/index-advice/read-workload.ts';
import type { DatabaseBackend, PostgresBackend } from '../backend/port.ts';
import type { PostgresSettings } from '../settings.ts';
import { keptSnapshots } from './snapshots.ts';
import { spanMs } from './span.ts';
import { windowSince } from './statement-window.ts';

export interface AdviceWorkload {
  readonly statements: readonly WorkloadStatement[];
  /** The time that the figures speak of, in words. */
  readonly window: string;
}

/** Snapshots reach this far at best. */
const longestWindow = '7d';

/** What the database ran, by its statistics; undefined where it keeps none. */
export async function ranLately(
  backend: DatabaseBackend,
  { signal, state }: Call<PostgresBackend, PostgresSettings>,
): Promise<AdviceWorkload | undefined> {
  const facts = await backend.facts(signal);
  const now = await backend.statements(signal);
  if (now === undefined) return undefined;
  const window = await windowSince(now, await keptSnapshots(state.store, facts), spanMs(longestWindow));
  const own = window.statements.filter(({ databaseId }) => now.databases[databaseId] === facts.database);
  const picked = readStatements(own);
  const texts = await backend.statementTexts(
    picked.map(({ id }) => id),
    signal,
  );
  return {
    statements: picked.flatMap((one) => {
      const sql = texts.get(one.id);
      return sql === undefined || sql === '' ? [] : [{ ...one, sql }];
    }),
    window: window.words,
  };
}

/** Texts given, each as important as its cost. */
export function asGiven(queries: readonly string[] | undefined): AdviceWorkload {
  if (queries === undefined || queries.length === 0)
    throw new ToolError('invalid_input', 'queries: source queries needs the statements to advise on', {
      hint: 'Give up to 20 texts with their values, or take source workload.',
    });
  const statements = queries.map((sql, place) => ({ id: `q${place + 1}`, sql, calls: 1, totalMs: undefined, rows: 0 }));
  return { statements, window: 'the statements given, one call each' };
}
