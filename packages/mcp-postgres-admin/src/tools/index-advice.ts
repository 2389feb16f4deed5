import { bytes, count, duration, nextCall, type NotExamined, outside, percent } from '@cinecom/mcp-core';
import * as z from 'zod';
import { type Advice } from '../analysis/index-advice/advice.ts';
import { advise } from '../analysis/index-advice/advise.ts';
import { prepareWorkload, readWorkload } from '../analysis/index-advice/read-workload.ts';
import { adviseStructurally } from '../analysis/index-advice/structural.ts';
import { excerpt } from '../text/excerpt.ts';
import { defineTool } from '../tool.ts';
import { keepAdvice } from './advice-store.ts';
import { asGiven, ranLately } from './advice-workload.ts';
import { databaseInput, inScope } from './database.ts';

const plansPerMs = 2;
const mostPlans = 30_000;
const shownIndexes = 10;
const shownStatements = 3;
const shownRefusals = 10;

const advised = z.strictObject({
  table: outside(z.string()),
  ddl: outside(z.string()),
  undo: outside(z.string()),
  bytes: z.number(),
  saved: z.number().optional().describe('ms of the window, or planner cost for queries'),
  gain: z.number().optional().describe('share of the time of the statements it serves'),
  statements: z.array(
    z.strictObject({ id: z.string(), query: outside(z.string()), before: z.number(), after: z.number() }),
  ),
  confidence: z.enum(['high', 'medium', 'low']),
  why: z.string(),
  warnings: z.array(outside(z.string())),
});

const answer = z.strictObject({
  verdict: z.enum(['ok', 'warning', 'unknown']),
  summary: z.string(),
  window: z.string(),
  mode: z.enum(['planned', 'structural']),
  unit: z.enum(['ms', 'cost']),
  before: z.number().optional(),
  after: z.number().optional(),
  indexes: z.array(advised),
  refusals: z.array(
    z.strictObject({ table: outside(z.string()), index: outside(z.string()).optional(), why: outside(z.string()) }),
  ),
  notExamined: z.array(z.strictObject({ what: outside(z.string()), why: outside(z.string()) })),
  plans: z.int(),
  adviceId: z.string().optional(),
});

export const indexAdvice = defineTool({
  name: 'pg_index_advice',
  title: 'Index advice',
  description:
    'Which new indexes would make the workload, or given statements, faster: CREATE INDEX texts with gain per statement by planning with imagined indexes (hypopg), size, confidence, and what is not worth it and why. Builds nothing: pg_maintain does.',
  searchHint: 'missing index recommendation slow query hypopg what-if advisor',
  risk: 'read',
  input: z.strictObject({
    source: z.enum(['workload', 'queries']).default('workload').describe('what ran, or queries'),
    queries: z.array(z.string().min(1).max(20_000)).max(20).optional().describe('texts with values; never run'),
    minGain: z.number().min(1).max(99).default(30).describe('% it has to save'),
    budgetMs: z.int().min(100).max(40_000).default(10_000),
    budgetMb: z.number().min(1).optional().describe('size of all'),
    database: databaseInput,
  }),
  output: answer,
  async handle({ source, queries, minGain, budgetMs, budgetMb, database }, call) {
    const began = performance.now();
    const backend = await inScope(database, call);
    const given = source === 'queries' ? asGiven(queries) : await ranLately(backend, call);
    if (given === undefined) return withoutStatistics();
    const read = await readWorkload(given.statements);
    const workload = prepareWorkload(read, await backend.adviceTables(read.names, call.signal));
    const maxBytes = budgetMb === undefined ? Number.POSITIVE_INFINITY : budgetMb * 1_000_000;
    const limits = {
      minGain: minGain / 100,
      maxBytes,
      maxPlans: Math.min(mostPlans, budgetMs * plansPerMs),
      late: () => performance.now() - began > budgetMs,
    };
    const planned = await backend.whatIf(
      { statements: workload.prepared, budgetMs },
      (session) => advise(workload, session, limits),
      call.signal,
    );
    const advice = 'value' in planned ? planned.value : adviseStructurally(workload, maxBytes);
    const facts = await backend.facts(call.signal);
    const missing: NotExamined[] = [
      ...('missing' in planned ? [{ what: 'what indexes would gain', why: planned.missing }] : []),
      ...advice.refused.map(({ id, why }) => ({ what: `statement ${id}`, why })),
      ...(advice.complete
        ? []
        : [{ what: 'further indexes', why: `budgetMs ${budgetMs} or ${mostPlans} plans ran out` }]),
      ...workload.notExamined,
    ];
    const kept =
      advice.indexes.length === 0
        ? {}
        : await keepAdvice(call.state.store, call.clock, facts, { advice, statements: given.statements }).then(
            (adviceId) => ({ adviceId }),
            () => ({}),
          );
    return {
      ...shown(advice, given, workload.prepared.length),
      notExamined: missing.map(({ what, why }) => ({ what, why })),
      ...kept,
    };
  },
  render(output) {
    const lines = [`${output.verdict.toUpperCase()}: ${output.summary}`, `Window: ${output.window}`];
    for (const [place, index] of output.indexes.slice(0, shownIndexes).entries())
      lines.push('', ...indexLines(index, place, output.unit));
    if (output.indexes.length > shownIndexes)
      lines.push('', `${output.indexes.length - shownIndexes} indexes more, with less gain.`);
    if (output.refusals.length > 0) lines.push('', 'Not advised:');
    for (const { table, index, why } of output.refusals.slice(0, shownRefusals)) {
      lines.push(`- ${table}${index === undefined ? '' : ` ${index}`}: ${why}`);
    }
    if (output.refusals.length > shownRefusals) lines.push(`${output.refusals.length - shownRefusals} more not shown.`);
    if (output.notExamined.length > 0)
      lines.push('', `Not examined: ${output.notExamined.map(({ what, why }) => `${what} (${why})`).join('; ')}`);
    if (output.adviceId !== undefined) lines.push('', `Advice ${output.adviceId} is kept.`);
    lines.push(
      '',
      output.indexes.length > 0
        ? nextCall('pg_maintain', { op: 'create_index_concurrently', ddl: 'the first CREATE INDEX as shown' })
        : nextCall('pg_top_queries'),
    );
    return lines.join('\n');
  },
});

type Shown = z.output<typeof advised>;

function indexLines(index: Shown, place: number, unit: 'ms' | 'cost'): readonly string[] {
  const gains =
    index.saved === undefined
      ? []
      : [`saves ${amount(index.saved, unit)}, ${percent(index.gain ?? 0)} of what it serves`];
  const facts = [...gains, `about ${bytes(index.bytes)}`, `confidence ${index.confidence}: ${index.why}`];
  const more = index.statements.length - shownStatements;
  return [
    `${place + 1}. ${index.table}: ${facts.join('; ')}`,
    index.ddl,
    ...index.statements
      .slice(0, shownStatements)
      .map(({ id, query, before, after }) => `- ${id} cost ${cost(before)} → ${cost(after)}: ${query}`),
    ...(more > 0 ? [`- ${more} statements more`] : []),
    ...index.warnings.map((warning) => `Warning: ${warning}`),
    `Undo: ${index.undo}`,
  ];
}

function amount(value: number, unit: 'ms' | 'cost'): string {
  return unit === 'ms' ? duration(value) : `cost ${cost(value)}`;
}

function cost(value: number): string {
  return count(value >= 100 ? Math.round(value) : Math.round(value * 100) / 100);
}

const shownQuery = 120;

function shown(advice: Advice, given: Awaited<ReturnType<typeof asGiven>>, examined: number) {
  const texts = new Map(given.statements.map(({ id, sql }) => [id, excerpt(sql, shownQuery)]));
  const timed = given.statements.some(({ totalMs }) => totalMs !== undefined);
  const unit = timed ? ('ms' as const) : ('cost' as const);
  return {
    verdict: verdictOf(advice, examined),
    summary: summaryOf(advice, examined, unit),
    window: given.window,
    mode: advice.mode,
    unit,
    ...(advice.before === undefined ? {} : { before: advice.before }),
    ...(advice.after === undefined ? {} : { after: advice.after }),
    indexes: advice.indexes.map(({ saved, gain, statements, warnings, ...index }) => ({
      ...index,
      ...(saved === undefined ? {} : { saved }),
      ...(gain === undefined ? {} : { gain }),
      statements: statements.map((one) => ({ ...one, query: texts.get(one.id) ?? '' })),
      warnings: [...warnings],
    })),
    refusals: advice.refusals.map(({ table, index, why }) => ({
      table,
      why,
      ...(index === undefined ? {} : { index }),
    })),
    plans: advice.plans,
  };
}

function verdictOf({ mode, indexes, refused }: Advice, examined: number): 'ok' | 'warning' | 'unknown' {
  if (indexes.length > 0) return 'warning';
  return mode === 'structural' || examined === 0 || refused.length >= examined ? 'unknown' : 'ok';
}

function summaryOf({ mode, indexes, before, after }: Advice, examined: number, unit: 'ms' | 'cost'): string {
  const statements = `${count(examined)} statement${examined === 1 ? '' : 's'} over tables`;
  if (indexes.length === 0) return `no index is advised for ${statements}`;
  const what = indexes.length === 1 ? '1 index' : `${indexes.length} indexes`;
  if (mode === 'structural') return `${what} may help ${statements}; without hypopg nothing could be planned`;
  const size = bytes(indexes.reduce((sum, index) => sum + index.bytes, 0));
  const share = percent(1 - (after ?? 0) / Math.max(before ?? 0, Number.MIN_VALUE));
  return `${what} of ${size} would save ${share} of ${amount(before ?? 0, unit)} in ${statements}`;
}

function withoutStatistics() {
  const why =
    "pg_stat_statements is not installed in this database: shared_preload_libraries = 'pg_stat_statements', restart, CREATE EXTENSION pg_stat_statements; or source queries";
  return {
    verdict: 'unknown' as const,
    summary: 'statements are not counted on this server',
    window: 'none',
    mode: 'structural' as const,
    unit: 'ms' as const,
    indexes: [],
    refusals: [],
    notExamined: [{ what: 'statements', why }],
    plans: 0,
  };
}
