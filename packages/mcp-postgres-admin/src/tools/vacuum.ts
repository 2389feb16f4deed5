import {
  bytes,
  count,
  duration,
  finding,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  percent,
  renderFindings,
  table,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { readHolders, readRuns } from '../analysis/vacuum/parts.ts';
import { holderName, remedy } from '../analysis/vacuum/horizon.ts';
import { vacuumNext } from '../analysis/vacuum/next.ts';
import { type AdvisedTable, judgeVacuum } from '../analysis/vacuum/report.ts';
import { xidRate } from '../analysis/vacuum/wraparound.ts';
import type { HorizonHolder } from '../model/vacuum.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput, shownOf } from './paging.ts';
import { noRelation } from './no-relation.ts';
import { queryExcerpt } from './session-row.ts';
import { keptSnapshots } from './snapshots.ts';

const name = outside(z.string());
const shownHolders = 5;
const week = 7 * 86_400_000;

const tableRow = z.strictObject({
  table: name,
  overdue: z.number().describe('times its trigger, over 1 = due'),
  dead: z.number(),
  size: z.number(),
  xidAge: z.number(),
  vacuumed: z.string(),
  advice: name,
});
const holderRow = z.strictObject({
  holder: name,
  user: name.optional(),
  state: z.string().optional(),
  age: z.number().describe('transactions'),
  heldMs: z.number().optional(),
  catalogOnly: z.boolean(),
  query: outside(z.string()).optional(),
  remedy: z.string(),
});
const run = z.strictObject({
  pid: z.int(),
  table: name,
  phase: z.string(),
  scanned: z.number(),
  runningMs: z.number(),
});

export const vacuum = defineTool({
  name: 'pg_vacuum',
  title: 'Vacuum and wraparound',
  description:
    'What vacuum has to do and what holds it back: tables past their own triggers with advice, running vacuums, whoever keeps dead rows (session, prepared transaction, slot, standby), days to wraparound. Use for dead rows, growing tables, old statistics.',
  searchHint: 'postgres autovacuum dead tuples wraparound xid horizon freeze analyze statistics bloat',
  risk: 'read',
  input: z.strictObject({
    table: z.string().min(1).max(200).optional().describe('only this one, as in SQL'),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ fix: outside(z.string()) })),
    notes: z.array(name),
    next: z.strictObject({ tool: z.string(), args: z.record(z.string(), z.unknown()) }),
    tables: z.array(tableRow),
    holders: z.array(holderRow),
    runs: z.array(run),
    total: z.int().describe('tables'),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    const reading = await backend.vacuum(input.table, call.signal);
    if (reading === undefined) throw noRelation('table', input.table ?? '');
    const kept = await keptSnapshots(call.state.store, reading.facts);
    const first = kept.entries.find(({ at }) => at >= reading.at - week);
    const report = judgeVacuum(reading, xidRate(first && (await kept.read(first)), reading));
    const { rows, total, cursor } = page(report.tables, input);
    return {
      ...findings({ ...report, window: 'now' }),
      notes: [...report.notes],
      next: vacuumNext(report),
      tables: rows.map(shownTable),
      holders: readHolders(reading).slice(0, shownHolders).map(shownHolder),
      runs: readRuns(reading).map(({ pid, table: on, phase, scanned, runningMs }) => ({
        pid,
        table: on,
        phase,
        scanned,
        runningMs,
      })),
      total,
      ...(cursor === undefined ? {} : { cursor }),
    };
  },
  render(answer) {
    const body = renderFindings(answer)
      .split('\n')
      .filter((line) => !line.startsWith('Next: '));
    const lines = [...body, ...answer.notes];
    if (answer.holders.length > 0) lines.push('', 'Holds the horizon, oldest first:', holderTable(answer.holders));
    if (answer.runs.length > 0) lines.push('', 'Running:', runTable(answer.runs));
    if (answer.tables.length > 0) {
      const rows = answer.tables.map((one) => ({
        ...one,
        dead: count(one.dead),
        'xid age': count(one.xidAge),
        size: bytes(one.size),
        overdue: `${one.overdue.toFixed(2)}×`,
      }));
      lines.push('', 'Tables:', table(rows, ['table', 'overdue', 'dead', 'size', 'xid age', 'vacuumed', 'advice']));
    }
    lines.push(...shownOf(answer.tables.length, answer));
    return [...lines, '', nextCall(answer.next.tool, answer.next.args)].join('\n');
  },
});

function holderTable(holders: readonly z.output<typeof holderRow>[]): string {
  const rows = holders.map((one) => ({
    ...one,
    age: count(one.age),
    for: one.heldMs === undefined ? '' : duration(one.heldMs),
    keeps: one.catalogOnly ? 'rows of the catalog' : 'rows of tables',
  }));
  return table(rows, ['holder', 'user', 'state', 'age', 'for', 'keeps', 'query', 'remedy']);
}

function runTable(runs: readonly z.output<typeof run>[]): string {
  const rows = runs.map((one) => ({ ...one, scanned: percent(one.scanned), for: duration(one.runningMs) }));
  return table(rows, ['pid', 'table', 'phase', 'scanned', 'for']);
}

function shownTable({ table: one, overdue, text }: AdvisedTable) {
  return {
    table: one.table,
    overdue,
    dead: one.deadTuples,
    size: one.sizeBytes,
    xidAge: one.xidAge,
    vacuumed: one.lastVacuumAt === null ? 'never' : timestamp(one.lastVacuumAt),
    advice: text,
  };
}

function shownHolder(holder: HorizonHolder) {
  return {
    holder: holderName(holder),
    ...(holder.user === null ? {} : { user: holder.user }),
    ...(holder.state === null ? {} : { state: holder.state }),
    age: holder.age,
    ...(holder.heldMs === null ? {} : { heldMs: holder.heldMs }),
    catalogOnly: holder.catalogOnly,
    ...(holder.query === null ? {} : { query: queryExcerpt(holder.query) }),
    remedy: remedy(holder),
  };
}
