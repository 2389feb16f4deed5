import { type Guarded, isGuardRefusal } from '@cinecom/pg-guard';
import type { Client } from 'pg';
import type { IndexAdviceReads, PlannedText } from '../../model/index-advice.ts';
import type { ServerFacts } from '../../model/server-facts.ts';
import { sqlState, toToolError } from '../errors.ts';
import { withinSession } from '../free-sql.ts';
import type { Pool } from '../pool.ts';
import { withReader } from '../reader.ts';
import { readAdviceTables } from './read-tables.ts';
import { openWhatIf } from './what-if.ts';

/** What index advice reads, and plans with indexes that do not exist. */
export function createIndexAdvice(guard: Guarded, pool: Pool): IndexAdviceReads {
  return {
    adviceTables: (names, signal) => withReader(pool, signal, (reader) => readAdviceTables(reader, names)),
    async whatIf(statements, work, signal) {
      const facts = await withReader(pool, signal, async (reader) => reader.facts);
      const schema = facts.extensions['hypopg']?.schema;
      if (schema === undefined) return { missing: withoutHypopg(facts) };
      try {
        const refused = await refusals(guard, statements, signal);
        const value = await withinSession(pool, signal, {
          work: async (client) => {
            // After a first query the server refuses every change of the transaction's mode.
            await client.query('SELECT 1');
            return work(await openWhatIf(client as Client, schema, statements, refused, signal));
          },
          // Imagined indexes live in the session, not in the transaction.
          undo: () => `SELECT "${schema.replaceAll('"', '""')}".hypopg_reset()`,
        });
        return { value };
      } catch (error) {
        signal.throwIfAborted();
        throw toToolError(error, { address: pool.address()?.text, role: pool.address()?.user });
      }
    },
  };
}

/** Planning runs stable functions: a text that anybody may have left in the statistics passes the guard first. */
async function refusals(
  guard: Guarded,
  statements: readonly PlannedText[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const refused = new Map<number, string>();
  for (const [place, { sql }] of statements.entries()) {
    try {
      await guard.check(sql, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error) || !(isGuardRefusal(error) || sqlState(error) !== undefined)) throw error;
      refused.set(place, error.message);
    }
  }
  return refused;
}

function withoutHypopg({ database, availableExtensions, versionNumber }: ServerFacts): string {
  const major = Math.floor(versionNumber / 10_000);
  const first = availableExtensions.includes('hypopg') ? '' : `install postgresql-${major}-hypopg on the server, then `;
  return `hypopg is not installed in database ${database}: ${first}CREATE EXTENSION hypopg`;
}
