import { type Guarded, isGuardRefusal, quoteIdentifier } from '@cinecom/pg-guard';
import type { Client } from 'pg';
import type { IndexAdviceReads, PlannedText } from '../../model/index-advice.ts';
import type { ServerFacts } from '../../model/server-facts.ts';
import { sqlState, toToolError } from '../errors.ts';
import { withinSession } from '../free-sql.ts';
import type { Pool } from '../pool.ts';
import { withReader } from '../reader.ts';
import { readAdviceTables } from './read-tables.ts';
import { openWhatIf, tooLong } from './what-if.ts';

/** Of the time there is, what planning one statement, and the look at all of them before the search, may take. */
const statementShare = 0.2;
const checkShare = 0.5;

/** What index advice reads, and plans with indexes that do not exist. */
export function createIndexAdvice(guard: Guarded, pool: Pool): IndexAdviceReads {
  return {
    adviceTables: (names, signal) => withReader(pool, signal, (reader) => readAdviceTables(reader, names)),
    async whatIf({ statements, budgetMs }, work, signal) {
      const facts = await withReader(pool, signal, async (reader) => reader.facts);
      const schema = facts.extensions['hypopg']?.schema;
      if (schema === undefined) return { missing: withoutHypopg(facts) };
      const statementMs = budgetMs * statementShare;
      try {
        const refused = await refusals(guard, statements, { statementMs, allMs: budgetMs * checkShare, signal });
        const value = await withinSession(pool, signal, {
          work: async (client) => {
            // After a first query the server refuses every change of the transaction's mode.
            await client.query('SELECT 1');
            const options = { client: client as Client, schema, statements, refused, statementMs, signal };
            return work(await openWhatIf(options));
          },
          // Imagined indexes live in the session, not in the transaction.
          undo: () => `SELECT ${quoteIdentifier(schema)}.hypopg_reset()`,
        });
        return { value };
      } catch (error) {
        signal.throwIfAborted();
        throw toToolError(error, { address: pool.address()?.text, role: pool.address()?.user });
      }
    },
  };
}

interface CheckLimits {
  readonly statementMs: number;
  readonly allMs: number;
  readonly signal: AbortSignal;
}

/** Planning runs stable functions: a text that anybody may have left in the statistics passes the guard first. */
async function refusals(
  guard: Guarded,
  statements: readonly PlannedText[],
  { statementMs, allMs, signal }: CheckLimits,
): Promise<ReadonlyMap<number, string>> {
  const end = performance.now() + allMs;
  const refused = new Map<number, string>();
  for (const [place, { sql }] of statements.entries()) {
    const timeout = AbortSignal.timeout(Math.max(0, Math.ceil(Math.min(statementMs, end - performance.now()))));
    try {
      await guard.check(sql, { signal: AbortSignal.any([signal, timeout]) });
    } catch (error) {
      signal.throwIfAborted();
      const known = timeout.aborted || isGuardRefusal(error) || sqlState(error) !== undefined;
      if (!known || !(error instanceof Error)) throw error;
      refused.set(place, timeout.aborted ? tooLong : error.message);
    }
  }
  return refused;
}

function withoutHypopg({ database, availableExtensions, versionNumber }: ServerFacts): string {
  const major = Math.floor(versionNumber / 10_000);
  const first = availableExtensions.includes('hypopg') ? '' : `install postgresql-${major}-hypopg on the server, then `;
  return `hypopg is not installed in database ${database}: ${first}CREATE EXTENSION hypopg`;
}
