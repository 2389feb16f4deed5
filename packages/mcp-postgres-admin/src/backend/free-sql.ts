import { ToolError } from '@cinecom/mcp-core';
import { type Guarded, quoteIdentifier, runWatched } from '@cinecom/pg-guard';
import type { ClientBase } from 'pg';
import type { FreeSql, SqlAnswer } from '../model/free-sql.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import { isConnectionLoss, toToolError } from './errors.ts';
import { analyzed, estimated, type ExplainSession } from './explain-sql.ts';
import { receivedBytes } from './message-limit.ts';
import type { Pool } from './pool.ts';
import { withReader } from './reader.ts';

/** Free SQL over the guard, and plans over sessions of the same pool. */
export function createFreeSql(guard: Guarded, pool: Pool): FreeSql {
  const translated = async <Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw toToolError(error, { address: pool.address()?.text, role: pool.address()?.user });
    }
  };
  const session: ExplainSession = {
    guard,
    within: (signal, work, undo) => withinSession(pool, signal, { work, undo }),
  };
  return {
    runSql: ({ sql, ...caps }, signal) =>
      translated(signal, async (): Promise<SqlAnswer> => {
        const result = await guard.run(sql, { ...caps, signal });
        return { ...result, columns: result.columns.map((column) => column.name) };
      }),
    explainSql: (request, signal) =>
      translated(signal, () => (request.analyze ? analyzed : estimated)(session, request, signal)),
    normalisedText: (queryId, signal) =>
      withReader(pool, signal, async ({ facts, rows }) => {
        const schema = facts.extensions['pg_stat_statements']?.schema;
        if (schema === undefined) throw missingStatements(facts.database);
        const text = `SELECT query FROM ${quoteIdentifier(schema)}.pg_stat_statements WHERE queryid = $1::text::bigint LIMIT 1`;
        const [found] = await rows<{ query: string | null }>(text, [queryId]);
        if (found?.query) return found.query;
        throw new ToolError('backend_not_found', `pg_stat_statements has no statement ${queryId} (now)`, {
          hint: 'Statements are evicted and reset; pg_top_queries lists those that are there.',
        });
      }),
  };
}

interface SessionWork<Result> {
  readonly work: (client: ClientBase, facts: ServerFacts) => Promise<Result>;
  readonly undo: ((facts: ServerFacts) => string) | undefined;
}

/** One session for a plan: read-only, nothing stays. A kept connection that turns out dead is replaced. */
export async function withinSession<Result>(
  pool: Pool,
  signal: AbortSignal,
  { work, undo }: SessionWork<Result>,
): Promise<Result> {
  for (;;) {
    const lease = await pool.lease(signal);
    const release = (broken: boolean): void => {
      lease.discarded();
      lease.release(broken);
    };
    const clean = async (): Promise<void> => {
      await lease.client.query('ROLLBACK');
      if (undo) await lease.client.query(undo(lease.facts));
      await lease.client.query('DISCARD ALL');
    };
    const begun = async (): Promise<Result> => {
      await lease.searchPath('role');
      await lease.client.query('BEGIN READ ONLY');
      return work(lease.client, lease.facts);
    };
    try {
      return await runWatched({ client: lease.client, release }, { receivedBytes, signal }, begun, clean);
    } catch (error) {
      signal.throwIfAborted();
      if (lease.fresh || !isConnectionLoss(error)) throw error;
    }
  }
}

function missingStatements(database: string): ToolError {
  return new ToolError('backend_unsupported', `pg_stat_statements is not installed in database ${database}`, {
    hint: 'Preload it (shared_preload_libraries, restart), then CREATE EXTENSION pg_stat_statements; or give sql instead of queryId.',
  });
}
