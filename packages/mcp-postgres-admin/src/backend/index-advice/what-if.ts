import { quoteIdentifier } from '@cinecom/pg-guard';
import type { Client, QueryResult } from 'pg';
import type { Planned, PlannedText, WhatIf } from '../../model/index-advice.ts';
import { sqlState } from '../errors.ts';
import { query } from '../query.ts';

export interface WhatIfOptions {
  readonly client: Client;
  /** Of hypopg. */
  readonly schema: string;
  readonly statements: readonly PlannedText[];
  /** Statements that are not to be prepared, by place, and why. */
  readonly refused: ReadonlyMap<number, string>;
  /** ms that planning one statement may take. */
  readonly statementMs: number;
  readonly signal: AbortSignal;
}

/** Locks that a plan takes last until the transaction ends: a short one lets a change of the schema through. */
const transactionMs = 1000;
const cancelled = '57014';
/** Bytes of plans; a session that is sent more than 64 MiB is cut off. */
const mostReceived = 40 * 1024 * 1024;
const possibleAtOnce = 50;

/** Why a statement is refused that the planner thinks about for too long. */
export const tooLong = 'planning it takes longer than budgetMs allows';

type Answers = readonly { readonly rows: readonly Readonly<Record<string, string>>[] }[];

/** Plans prepared statements with imagined indexes, on a connection that is in a read-only transaction. */
export async function openWhatIf(options: WhatIfOptions): Promise<WhatIf> {
  const { client, schema, statements, statementMs, signal } = options;
  const run = createRun(client, signal);
  const mode = `SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL statement_timeout = ${Math.ceil(statementMs)}; `;
  const imagine = (indexes: readonly string[]): string => imagineText(client, schema, indexes);
  const renewed = `ROLLBACK; BEGIN READ ONLY; SELECT 1; ${mode}`;
  let begun = performance.now();
  let received = 0;
  await run(mode);
  const { refused, bare } = await prepareAll(run, options);
  return {
    refused,
    full: () => received >= mostReceived,
    async possible(indexes) {
      const accepted = async (some: readonly string[]): Promise<boolean> =>
        (await attempt(run, signal, () => run(imagine(some)))) === undefined;
      const good = new Set<string>();
      for (let from = 0; from < indexes.length; from += possibleAtOnce) {
        const some = indexes.slice(from, from + possibleAtOnce);
        const all = await accepted(some);
        for (const ddl of some) if (all || (await accepted([ddl]))) good.add(ddl);
      }
      return good;
    },
    async plan(statement, indexes) {
      const late = performance.now() - begun > transactionMs;
      if (late) begun = performance.now();
      try {
        // In one round trip: there are thousands of these.
        const text = `${late ? renewed : ''}${imagine(indexes)}${explainText(statements, statement)}`;
        const answers = await run(text);
        received += sizeOf(answers);
        return readPlanned(answers, indexes);
      } catch (error) {
        signal.throwIfAborted();
        const known = bare.get(statement);
        if (sqlState(error) !== cancelled || known === undefined) throw error;
        // With so many indexes it takes too long to plan: they gain nothing, as far as can be told.
        await run(renewed);
        return known;
      }
    },
  };
}

/** @returns why some cannot be planned, and the plans of the others without any imagined index */
async function prepareAll(run: Run, { client, statements, refused: known, signal }: WhatIfOptions) {
  const refused = new Map(known);
  const bare = new Map<number, Planned>();
  for (const [statement, { sql }] of statements.entries()) {
    if (refused.has(statement)) continue;
    const failed = await attempt(run, signal, async () => {
      await query(client, `PREPARE ${nameOf(statement)} AS ${sql}`);
      bare.set(statement, readPlanned(await run(explainText(statements, statement)), []));
    });
    if (failed !== undefined) refused.set(statement, failed);
  }
  return { refused, bare };
}

type Run = (text: string) => Promise<Answers>;

/** Texts of our own, several at a time: of others only what was prepared, and a PREPARE holds one statement. */
function createRun(client: Client, signal: AbortSignal): Run {
  return async (text) => {
    signal.throwIfAborted();
    const answers = (await client.query(text)) as unknown as QueryResult | readonly QueryResult[];
    return (Array.isArray(answers) ? answers : [answers]) as Answers;
  };
}

/** @returns what the server has against it; undefined when it went well */
async function attempt(run: Run, signal: AbortSignal, work: () => Promise<unknown>): Promise<string | undefined> {
  await run('SAVEPOINT attempt');
  try {
    await work();
    await run('RELEASE SAVEPOINT attempt');
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (sqlState(error) === undefined || !(error instanceof Error)) throw error;
    await run('ROLLBACK TO SAVEPOINT attempt');
    return sqlState(error) === cancelled ? tooLong : error.message;
  }
}

function imagineText(client: Client, schema: string, indexes: readonly string[]): string {
  const hypopg = quoteIdentifier(schema);
  const made = indexes.map(
    (ddl) => `SELECT indexrelid::text AS oid FROM ${hypopg}.hypopg_create_index(${client.escapeLiteral(ddl)}); `,
  );
  return `SELECT ${hypopg}.hypopg_reset(); ${made.join('')}`;
}

/** The plan of a prepared statement is kept, and an imagined index does not outdate it: hence DISCARD PLANS. */
function explainText(statements: readonly PlannedText[], statement: number): string {
  const count = statements[statement]?.parameters ?? 0;
  const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'NULL').join(', ')})`;
  return `DISCARD PLANS; EXPLAIN EXECUTE ${nameOf(statement)}${values}`;
}

function nameOf(statement: number): string {
  return `advice_${statement}`;
}

function sizeOf(answers: Answers): number {
  return answers.reduce(
    (sum, { rows }) => sum + rows.reduce((bytes, row) => bytes + Object.values(row).join().length + 16, 0),
    0,
  );
}

function readPlanned(answers: Answers, indexes: readonly string[]): Planned {
  const lines = answers.at(-1)?.rows.map((row) => String(row['QUERY PLAN'])) ?? [];
  const cost = /cost=[\d.]+\.\.([\d.]+)/.exec(lines[0] ?? '')?.[1];
  if (cost === undefined) throw new Error('EXPLAIN returned no cost');
  const oids = answers.flatMap(({ rows }) => rows.flatMap(({ oid }) => (oid === undefined ? [] : [oid])));
  const scans = lines.flatMap((line) => /Index (?:Only )?Scan .*?"<(\d+)>/.exec(line)?.[1] ?? []);
  return { cost: Number(cost), used: indexes.filter((_ddl, place) => scans.includes(oids[place] ?? '')) };
}
