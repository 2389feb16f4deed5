import { checkStatement, type Guarded, GuardRefusal, quoteIdentifier } from '@cinecom/pg-guard';
import { ToolError } from '@cinecom/mcp-core';
import type { ClientBase } from 'pg';
import { nodesOf, type RawPlanNode, readPlan } from '../analysis/explain/plan-node.ts';
import type { ExplainAnswer, ExplainRequest } from '../model/free-sql.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import { query } from './query.ts';

/** What plans are made with. */
export interface ExplainSession {
  readonly guard: Guarded;
  /** A read-only transaction of its own, after which nothing of it stays. */
  within<Result>(
    signal: AbortSignal,
    work: (client: ClientBase, facts: ServerFacts) => Promise<Result>,
    /** A statement that takes back what a rollback does not. */
    undo?: (facts: ServerFacts) => string,
  ): Promise<Result>;
}

interface Explained {
  readonly Plan: RawPlanNode;
  readonly 'Planning Time'?: number;
  readonly 'Execution Time'?: number;
}

const planBytes = 8 * 1024 * 1024;
const genericPlanSince = 160_000;

/** Runs the statement under the guard and reads what it really did. */
export async function analyzed(
  session: ExplainSession,
  request: ExplainRequest,
  signal: AbortSignal,
): Promise<ExplainAnswer> {
  await requireSelect(request.sql);
  const text = `EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) ${request.sql}`;
  const caps = { maxRows: 1, maxBytes: planBytes, maxValueLength: planBytes };
  const result = await session.guard.run(text, { ...caps, parameters: request.parameters, signal });
  const [explained] = JSON.parse(String(result.rows[0]?.[0])) as readonly Explained[];
  return answer(explained, { warnings: result.warnings });
}

/** Plans without running: for the values given, for any values, or with indexes that do not exist. */
export async function estimated(
  session: ExplainSession,
  request: ExplainRequest,
  signal: AbortSignal,
): Promise<ExplainAnswer> {
  const needed = await requireSelect(request.sql);
  await session.guard.check(request.sql, { signal });
  const generic = needed > request.parameters.length;
  const imagined = request.hypotheticalIndexes.length > 0;
  return session.within(
    signal,
    async (client, facts) => {
      // After a first query the server refuses every change of the transaction's mode.
      await query(client, 'SELECT 1');
      const explain = generic
        ? await genericExplain(client, facts, request.sql, needed)
        : plainExplain(client, request);
      const plain = await explain();
      if (!imagined) return answer(plain, { generic, tableRows: await tableRows(client, plain.Plan) });
      const hypothetical = await imagineIndexes(client, facts, request.hypotheticalIndexes);
      const better = await explain();
      const rows = await tableRows(client, better.Plan);
      return answer(better, { generic, hypothetical, without: plain.Plan, tableRows: rows });
    },
    // Hypothetical indexes live in the session, not in the transaction.
    imagined ? (facts) => `SELECT ${schemaOf(facts)}.hypopg_reset()` : undefined,
  );
}

/** @returns how many parameters the statement takes */
async function requireSelect(sql: string): Promise<number> {
  const { kind, references } = await checkStatement(sql);
  if (kind === 'select') return references.parameters;
  throw new GuardRefusal({
    rule: 'statement-kind',
    node: kind,
    message: `${kind.toUpperCase()} cannot be explained`,
    instead: 'give the SELECT itself; analyze and the output are set by arguments',
    position: 0,
  });
}

type Explain = () => Promise<Explained>;

function plainExplain(client: ClientBase, { sql, parameters }: ExplainRequest): Explain {
  return () =>
    explained(
      client,
      `EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`,
      parameters.map((value) => (value === null ? null : String(value))),
    );
}

/** Since 16 EXPLAIN does it; before, a prepared statement under `force_generic_plan`, executed with NULLs. */
async function genericExplain(
  client: ClientBase,
  facts: ServerFacts,
  sql: string,
  parameters: number,
): Promise<Explain> {
  if (facts.versionNumber >= genericPlanSince) {
    // Without bound values: the simple protocol, which the check has limited to this one statement.
    return async () => {
      const { rows } = await client.query<{ 'QUERY PLAN': readonly Explained[] }>(
        `EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) ${sql}`,
      );
      return only(rows[0]?.['QUERY PLAN']);
    };
  }
  await query(client, 'SET LOCAL plan_cache_mode = force_generic_plan');
  await query(client, `PREPARE mcp_generic AS ${sql}`);
  const nulls = Array.from({ length: parameters }, () => 'NULL').join(', ');
  return async () => {
    // The plan of a prepared statement is kept, and an imagined index does not outdate it.
    await query(client, 'DISCARD PLANS');
    return explained(client, `EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE mcp_generic(${nulls})`, []);
  };
}

async function explained(client: ClientBase, text: string, values: readonly unknown[]): Promise<Explained> {
  const [row] = await query<{ 'QUERY PLAN': readonly Explained[] }>(client, text, values);
  return only(row?.['QUERY PLAN']);
}

function only(plans: readonly Explained[] | undefined): Explained {
  const [first] = plans ?? [];
  if (first === undefined) throw new Error('EXPLAIN returned no plan');
  return first;
}

async function imagineIndexes(
  client: ClientBase,
  facts: ServerFacts,
  texts: readonly string[],
): Promise<ExplainAnswer['hypothetical']> {
  const schema = schemaOf(facts);
  const made: { name: string; bytes: number }[] = [];
  for (const [index, text] of texts.entries()) {
    const created = await query<{ name: string; bytes: number }>(
      client,
      `SELECT i.indexname::text AS name, ${schema}.hypopg_relation_size(i.indexrelid)::float8 AS bytes FROM ${schema}.hypopg_create_index($1) i`,
      [text],
    );
    if (created.length !== 1) {
      throw new ToolError('invalid_input', `hypotheticalIndexes[${index}] is not one CREATE INDEX statement`, {
        hint: 'For example: CREATE INDEX ON public.bookings (screening_id, status)',
      });
    }
    made.push(...created);
  }
  return made;
}

function schemaOf(facts: ServerFacts): string {
  const found = facts.extensions['hypopg'];
  if (found) return quoteIdentifier(found.schema);
  const available = facts.availableExtensions.includes('hypopg');
  throw new ToolError('backend_unsupported', `hypopg is not installed in database ${facts.database}`, {
    hint: available
      ? 'As a superuser: CREATE EXTENSION hypopg;'
      : `Install the package postgresql-${Math.floor(facts.versionNumber / 10_000)}-hypopg on the server, then CREATE EXTENSION hypopg;`,
  });
}

async function tableRows(client: ClientBase, plan: RawPlanNode): Promise<ReadonlyMap<string, number>> {
  const tables = nodesOf(readPlan(plan)).flatMap(({ schema, table }) =>
    schema === undefined || table === undefined ? [] : [[schema, table] as const],
  );
  if (tables.length === 0) return new Map();
  // From here on only built-in operators, whatever the path of the role has.
  await query(client, "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)");
  const rows = await query<{ name: string; rows: number }>(
    client,
    `SELECT n.nspname || '.' || c.relname AS name, c.reltuples::float8 AS rows
       FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS wanted (schema, name)
       JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
       JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name AND c.reltuples >= 0`,
    [tables.map(([schema]) => schema), tables.map(([, name]) => name)],
  );
  return new Map(rows.map((row) => [row.name, row.rows]));
}

function answer(explained: Explained | undefined, rest: Partial<ExplainAnswer>): ExplainAnswer {
  const found = only(explained === undefined ? undefined : [explained]);
  return {
    plan: found.Plan,
    planningMs: found['Planning Time'],
    executionMs: found['Execution Time'],
    without: undefined,
    generic: false,
    tableRows: new Map(),
    hypothetical: [],
    warnings: [],
    ...rest,
  };
}
