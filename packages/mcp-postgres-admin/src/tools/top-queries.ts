import {
  bytes,
  count,
  delta,
  duration,
  finding,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  percent,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { regressions } from '../analysis/regression.ts';
import { heavyIn, type RankedStatement, rankings, rankStatements } from '../analysis/statement-ranking.ts';
import { regressionFindings, statementSummary } from '../analysis/statement-report.ts';
import type { StatementDelta } from '../analysis/statement-deltas.ts';
import type { StatementMoment } from '../model/statement.ts';
import { excerpt } from '../text/excerpt.ts';
import { defineTool } from '../tool.ts';
import { spanInput, spanMs } from './span.ts';
import { pageInput, shownOf } from './paging.ts';
import { keptSnapshots, snapshotIfDue } from './snapshots.ts';
import { gaps, withoutExtension } from './statement-gaps.ts';
import { comparisons, usualHours, windowBefore, windowSince } from './statement-window.ts';

const shownQuery = 300;
const blockBytes = 8192;

const statement = z.strictObject({
  queryId: z.string(),
  share: z.number().describe('of all time, 0–1'),
  totalMs: z.number(),
  meanMs: z.number(),
  calls: z.number(),
  rows: z.number(),
  readBlocks: z.number(),
  tempBlocks: z.number(),
  walBytes: z.number(),
  ioMs: z.number(),
  atLeast: z.boolean().describe('its counters began anew within the window'),
  slower: z.number().optional().describe('mean now ÷ the usual mean of this hour of the week'),
  before: z.strictObject({ calls: z.number(), meanMs: z.number() }).optional(),
  heavy: z.array(z.enum(['time', 'blocks', 'dirtied', 'wal'])).describe('over 5 % of the whole'),
  user: outside(z.string()),
  database: outside(z.string()),
  query: outside(z.string()),
});

export const topQueries = defineTool({
  name: 'pg_top_queries',
  title: 'Top queries',
  description:
    'Which statements cost the most, and which became slower: by total time, mean, calls, I/O, WAL, temporary files, or regression against the same hour of earlier weeks. Use first when the database is slow or loaded. Needs pg_stat_statements.',
  searchHint: 'postgres slow query statements expensive cpu load regression pg_stat_statements',
  risk: 'read',
  input: z.strictObject({
    by: z.enum(rankings).default('total').describe('what to rank by'),
    since: spanInput.default('1h').describe('window, as 30m, 1h, 7d; as far back as snapshots reach'),
    compare: z.enum(['none', 'yesterday', 'lastWeek']).default('none').describe('with a window of the same length'),
    database: z.string().max(63).optional().describe('only statements of this database'),
    ...pageInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ evidence: outside(z.string()) })),
    by: z.enum(rankings),
    statements: z.array(statement),
    total: z.int(),
    cursor: z.string().optional(),
    totals: z.strictObject({ calls: z.number(), totalMs: z.number() }),
    evictions: z.number().describe('statements dropped from the list meanwhile: totals are lower bounds'),
  }),
  async handle(input, call) {
    const { backend, signal, state } = call;
    const facts = await backend.facts(signal);
    const now = await backend.statements(signal);
    if (now === undefined) return withoutExtension(input.by);
    const kept = await keptSnapshots(state.store, facts);
    const window = await windowSince(now, kept, spanMs(input.since));
    const ofDatabase = window.statements.filter(
      (one) => input.database === undefined || now.databases[one.databaseId] === input.database,
    );
    const usual = await usualHours(now, kept);
    const slower = regressions(ofDatabase, usual);
    const ranked = rankStatements(ofDatabase, input.by, slower);
    const { rows, total, cursor } = page(ranked, input);
    const before =
      input.compare === 'none' || window.lengthMs === undefined
        ? undefined
        : await windowBefore(now, kept, { backMs: comparisons[input.compare], lengthMs: window.lengthMs });
    // A statement that takes a good part of anything is shown, whatever the ranking says.
    const heavy =
      input.cursor === undefined ? ranked.filter((one) => heavyIn(one).length > 0 && !rows.includes(one)) : [];
    const shown = [...rows, ...heavy];
    const texts = await backend.statementTexts([...new Set(shown.map((one) => one.queryId))], signal);
    const earlier = new Map(before?.map((one) => [one.key, one]));
    const missing = [...(await snapshotIfDue(call)), ...gaps(input, { usual: usual.length, before })];
    return {
      ...findings({
        summary: statementSummary(ranked, input.by),
        findings: regressionFindings(ranked),
        notExamined: missing,
        window: window.words,
      }),
      by: input.by,
      statements: shown.map((one) => shownStatement(one, { now, texts, before: earlier.get(one.key) })),
      total,
      ...(cursor === undefined ? {} : { cursor }),
      totals: {
        calls: ofDatabase.reduce((sum, one) => sum + one.calls, 0),
        totalMs: ofDatabase.reduce((sum, one) => sum + one.totalMs, 0),
      },
      evictions: window.evictions,
    };
  },
  render(answer) {
    const { statements, totals } = answer;
    const lines = [`${answer.verdict.toUpperCase()}: ${answer.summary}`, `Window: ${answer.window}`];
    if (totals.calls > 0) lines.push(`${count(totals.calls)} calls, ${duration(totals.totalMs)} of execution in all`);
    if (answer.evictions > 0)
      lines.push(
        `${count(answer.evictions)} statements were dropped from the list meanwhile: totals are lower bounds; raise pg_stat_statements.max.`,
      );
    lines.push(
      ...answer.findings.map(
        (item) => `${item.severity} ${item.id} ${item.object}: ${item.evidence} vs ${item.threshold}`,
      ),
    );
    if (statements.length > 0) lines.push('', table(statements.map(cells), columns));
    lines.push(...shownOf(statements.length, answer));
    if (answer.notExamined.length > 0)
      lines.push(`Not examined: ${answer.notExamined.map((part) => `${part.what} (${part.why})`).join('; ')}`);
    const first = statements.find((one) => /^\W*(select|with|values)\b/i.test(one.query));
    lines.push(
      '',
      first ? nextCall('pg_explain', { queryId: first.queryId }) : nextCall('pg_activity', { state: 'active' }),
    );
    return lines.join('\n');
  },
});

interface Beside {
  readonly now: StatementMoment;
  readonly texts: ReadonlyMap<string, string>;
  readonly before: StatementDelta | undefined;
}

function shownStatement(one: RankedStatement, { now, texts, before }: Beside): z.input<typeof statement> {
  return {
    queryId: one.queryId,
    share: one.shares.time,
    totalMs: one.totalMs,
    meanMs: one.meanMs,
    calls: one.calls,
    rows: one.rows,
    readBlocks: one.read,
    tempBlocks: one.tempBlocks,
    walBytes: one.walBytes,
    ioMs: one.ioMs,
    atLeast: one.atLeast,
    ...(one.regression === undefined ? {} : { slower: one.regression }),
    ...(before === undefined ? {} : { before: { calls: before.calls, meanMs: before.meanMs } }),
    heavy: [...heavyIn(one)],
    user: now.users[one.userId] ?? one.userId,
    database: now.databases[one.databaseId] ?? one.databaseId,
    query: excerpt(texts.get(one.queryId) ?? 'text not kept', shownQuery),
  };
}

const columns = [
  'queryId',
  'time',
  'mean',
  'calls',
  'rows a call',
  'read',
  'temp',
  'WAL',
  'slower',
  'before',
  'over 5 % of',
  'user',
  'database',
  'query',
] as const;

function cells(one: z.output<typeof statement>) {
  const least = one.atLeast ? '≥' : '';
  const blocks = (number: number) => (number > 0 ? bytes(number * blockBytes) : undefined);
  return {
    queryId: one.queryId,
    time: `${least}${duration(one.totalMs)} (${percent(one.share)})`,
    mean: duration(one.meanMs),
    calls: `${least}${count(one.calls)}`,
    'rows a call': count(Math.round((one.rows / one.calls) * 10) / 10),
    read: blocks(one.readBlocks),
    temp: blocks(one.tempBlocks),
    WAL: one.walBytes > 0 ? bytes(one.walBytes) : undefined,
    slower: one.slower === undefined ? undefined : `×${one.slower.toFixed(1)}`,
    before:
      one.before &&
      `${duration(one.before.meanMs)} × ${count(one.before.calls)}, mean ${delta(one.before.meanMs, one.meanMs)}`,
    'over 5 % of': one.heavy.join(', '),
    user: one.user,
    database: one.database,
    query: one.query,
  };
}
