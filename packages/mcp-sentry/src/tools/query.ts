import { counted, nextCall, outside, quote, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import { cellLength } from '../analysis/query/cell-text.ts';
import { datasetNames } from '../analysis/query/dataset-names.ts';
import { chartImages } from '../render/chart-of.ts';
import { defineTool } from '../tool.ts';
import { shortened } from './issue-rows.ts';
import { type QueryAsked, readSeries, readTable } from './query-reading.ts';
import { checkSeries, checkSort, refused } from './query-refusal.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { spanOf, windowOf } from './times.ts';
import { renderSource, source } from './web-link.ts';

const row = z.array(outside(z.string()));
const series = z.strictObject({
  group: outside(z.string()),
  points: z.array(z.strictObject({ at: z.string(), value: z.string() })),
});

export const query = defineTool({
  name: 'sentry_query',
  title: 'Query events',
  description:
    'Table or time series of errors, spans, logs, metrics or uptime results: any fields and aggregates, such as count(), p95(span.duration), failure_rate(), by Sentry search syntax.',
  searchHint: 'discover explore aggregate count p95 logs spans metrics chart timeseries 集計 ログ 時系列',
  risk: 'read',
  input: z.strictObject({
    dataset: z.enum(datasetNames).default('errors'),
    fields: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(20)
      .describe('columns; with series: one aggregate, then groups'),
    query: z.string().max(500).default(''),
    sort: z.string().max(200).optional().describe('one of fields; - before it: largest first'),
    limit: z.int().min(1).max(100).default(20),
    series: z.boolean().default(false).describe('over time instead of a table'),
    chart: z.boolean().default(false).describe('adds a picture of the series'),
    cursor: z.string().max(400).optional(),
    from: z.string().max(40).default('now-1h'),
    to: z.string().max(40).default('now'),
    ...scopeInput,
  }),
  output: z.strictObject({
    columns: z.array(outside(z.string())),
    rows: z.array(row),
    series: z.array(series),
    notes: z.array(z.string()),
    window: z.string(),
    cursor: z.string().optional(),
    images: chartImages,
    source,
  }),
  async handle({ fields, sort, from, to, ...input }, call) {
    const scope = await scopeOf(input, call);
    const span = spanOf({ from, to }, call);
    checkSort(fields, sort);
    if (input.series) checkSeries(fields);
    const asked: QueryAsked = { ...input, from, to, fields, ...(sort === undefined ? {} : { sort }), span };
    const answer = input.series ? readSeries(asked, scope, call) : readTable(asked, scope, call);
    return {
      ...(await answer.catch(async (error: unknown) => refused(error, asked, scope, call))),
      window: windowOf(span),
    };
  },
  render({ columns, rows, series: lines, notes, window, cursor, source: from }) {
    const found = lines.length > 0 ? counted(lines.length, 'series', 'series') : counted(rows.length, 'row');
    const body = lines.length > 0 ? lines.map(lineOf).join('\n') : tableOf(columns, rows);
    const more = cursor === undefined ? '' : `\nMore: cursor ${JSON.stringify(cursor)}`;
    const said = notes.map((note) => `\n${note}`).join('');
    const next = rows.length + lines.length === 0 ? `\n\n${nextCall('sentry_projects')}` : '';
    return `${found}\nWindow: ${window}\n\n${body}${more}${said}\n\n${renderSource(from)}${next}`;
  },
});

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const most = cellLength(rows.length, columns.length);
  const isLong = (cell: string | undefined): boolean => cell !== undefined && cell.length > most + 2;
  const shown = (cell: string | undefined) => (isLong(cell) ? quote(shortened(cell ?? '', most)) : cell);
  const named = rows.map((cells) => Object.fromEntries(columns.map((column, index) => [column, shown(cells[index])])));
  const cut = rows.some((cells) => cells.some(isLong)) ? `\nCells are cut to ${most} characters.` : '';
  return `${table(named, columns)}${cut}`;
}

function lineOf({ group, points }: z.output<typeof series>): string {
  const [first] = points;
  return `${group}, from ${first?.at ?? '–'}: ${points.map(({ value }) => value).join(' | ')}`;
}
