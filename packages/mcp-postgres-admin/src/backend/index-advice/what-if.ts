import { quoteIdentifier } from '@cinecom/pg-guard';
import type { Client, QueryResult } from 'pg';
import type { Planned, PlannedText, WhatIf } from '../../model/index-advice.ts';
import { sqlState } from '../errors.ts';
import { query } from '../query.ts';

/** Locks that a plan takes last until the transaction ends: a short one lets a change of schema through. */
const transactionMs = 1000;

const nameOf = (statement: number): string => `advice_${statement}`;

interface Answer {
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * Plans prepared statements with imagined indexes, on a connection that is in a read-only transaction.
 *
 * The plan of a prepared statement is kept, and an imagined index does not outdate it: hence DISCARD PLANS before each.
 *
 * @param schema of hypopg
 * @param refused statements that are not to be prepared; those the server refuses are added
 */
export async function openWhatIf(
  client: Client,
  schema: string,
  statements: readonly PlannedText[],
  refused: ReadonlyMap<number, string>,
  signal: AbortSignal,
): Promise<WhatIf> {
  const why = new Map(refused);
  const hypopg = quoteIdentifier(schema);
  let begun = performance.now();

  // Texts of our own, several at a time: only an EXPLAIN of what was prepared, and prepared it can hold one statement alone.
  const run = async (text: string): Promise<readonly Answer[]> => {
    signal.throwIfAborted();
    const answers = (await client.query(text)) as unknown as QueryResult | readonly QueryResult[];
    return (Array.isArray(answers) ? answers : [answers]) as readonly Answer[];
  };
  const renew = (): string => {
    if (performance.now() - begun < transactionMs) return '';
    begun = performance.now();
    return `ROLLBACK; BEGIN READ ONLY; SELECT 1; ${genericPlans}`;
  };
  const imagine = (indexes: readonly string[]): string => {
    const made = indexes.map(
      (ddl) => `SELECT indexrelid::text AS oid FROM ${hypopg}.hypopg_create_index(${client.escapeLiteral(ddl)}); `,
    );
    return `SELECT ${hypopg}.hypopg_reset(); ${made.join('')}`;
  };
  const attempt = async (work: () => Promise<unknown>): Promise<string | undefined> => {
    await run('SAVEPOINT attempt');
    try {
      await work();
      await run('RELEASE SAVEPOINT attempt');
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (sqlState(error) === undefined || !(error instanceof Error)) throw error;
      await run('ROLLBACK TO SAVEPOINT attempt');
      return error.message;
    }
  };
  const explain = (statement: number): string => {
    const count = statements[statement]?.parameters ?? 0;
    const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'NULL').join(', ')})`;
    return `DISCARD PLANS; EXPLAIN EXECUTE ${nameOf(statement)}${values}`;
  };

  await run(genericPlans);
  for (const [statement, { sql }] of statements.entries()) {
    if (why.has(statement)) continue;
    const failed = await attempt(async () => {
      await query(client, `PREPARE ${nameOf(statement)} AS ${sql}`);
      await run(explain(statement));
    });
    if (failed !== undefined) why.set(statement, failed);
  }
  return {
    refused: why,
    async possible(indexes) {
      const good = new Set<string>();
      for (const ddl of indexes) {
        if ((await attempt(() => run(imagine([ddl])))) === undefined) good.add(ddl);
      }
      return good;
    },
    async plan(statement, indexes) {
      // In one round trip: there are thousands of these.
      return planned(await run(`${renew()}${imagine(indexes)}${explain(statement)}`), indexes);
    },
  };
}

const genericPlans = 'SET LOCAL plan_cache_mode = force_generic_plan; ';

function planned(answers: readonly Answer[], indexes: readonly string[]): Planned {
  const lines = answers.at(-1)?.rows.map((row) => String(row['QUERY PLAN'])) ?? [];
  const cost = /cost=[\d.]+\.\.([\d.]+)/.exec(lines[0] ?? '')?.[1];
  if (cost === undefined) throw new Error('EXPLAIN returned no cost');
  const oids = answers.flatMap(({ rows }) => rows.flatMap(({ oid }) => (oid === undefined ? [] : [oid])));
  const scans = lines.flatMap((line) => /Index (?:Only )?Scan .*?"<(\d+)>/.exec(line)?.[1] ?? []);
  return { cost: Number(cost), used: indexes.filter((_ddl, place) => scans.includes(oids[place] ?? '')) };
}
