import { counted, duration, nextCall, outside, quote, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { keyOfField } from '../analysis/query/key-of-field.ts';
import { nearestNames } from '../analysis/query/nearest-names.ts';
import { knownFields } from '../analysis/query/known-fields.ts';
import { seriesInterval } from '../analysis/query/series-interval.ts';
import { cellLength, cellText, kindOf } from '../analysis/query/cell-text.ts';
import { datasetNames } from '../analysis/query/dataset-names.ts';
import type { CellValue, QuerySeries, TableAnswer } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import { chartImages, chartOf } from '../render/chart-of.ts';
import { defineTool } from '../tool.ts';
import { shortened } from './issue-rows.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { queryPage } from './query-page.ts';
import { checkSeries, checkSort, refused } from './query-refusal.ts';
import { spanOf, windowOf, zoneOf } from './times.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const mostSeries = 10;
const shownPoints = 30;

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
    const asked: Asked = { ...input, from, to, fields, ...(sort === undefined ? {} : { sort }), span };
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

interface Asked {
  readonly dataset: (typeof datasetNames)[number];
  readonly fields: readonly string[];
  readonly query: string;
  readonly sort?: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly chart: boolean;
  readonly span: Span;
  readonly from: string;
  readonly to: string;
}

async function readTable(asked: Asked, scope: Scope, { backend, signal }: SentryCall) {
  const answer = await backend.queries.table(scope, asked, signal);
  const columns = [...asked.fields];
  return {
    columns,
    rows: answer.rows.map((found) =>
      columns.map((name) => cleanCell(name, found.get(name), answer.units.get(name), backend)),
    ),
    series: [],
    notes: [
      ...(answer.isPartial ? ['Estimate: only part of the data was scanned.'] : []),
      ...emptyNotes(asked, answer.rows),
      ...(asked.chart ? ['No picture: it needs series, with an aggregate as the first of fields.'] : []),
    ],
    ...(answer.cursor === undefined ? {} : { cursor: answer.cursor }),
    source: sourceOf(
      backend.url,
      scope.organization,
      queryPage(scope, { ...asked, isSeries: false }),
      `GET organizations/${scope.organization}/events/ dataset=${answer.dataset}`,
    ),
  };
}

function cleanCell(
  name: string,
  value: CellValue | undefined,
  unit: string | undefined,
  { cleaning }: SentryCall['backend'],
): string {
  const text = cellText(name, value, unit);
  return value === undefined || value === null ? text : cleaning.byKey(keyOfField(name, typeof value), text);
}

/** A field that Sentry does not know it takes for a tag: then no row has a value. */
function emptyNotes({ dataset, fields }: Asked, rows: TableAnswer['rows']): readonly string[] {
  const empty = fields.filter((field) => rows.length > 0 && rows.every((row) => (row.get(field) ?? null) === null));
  if (empty.length === 0) return [];
  const near = nearestNames(empty, knownFields(dataset));
  const meant = near.length === 0 ? '' : ` Near names: ${near.join(', ')}.`;
  return [
    `${counted(empty.length, 'field')} without a value in any row: unknown, or a tag that nothing carries.${meant}`,
  ];
}

async function readSeries(question: Asked, scope: Scope, call: SentryCall) {
  const { fields, sort, ...asked } = question;
  const { backend, signal } = call;
  const [yAxis = '', ...groupBy] = fields;
  const intervalSeconds = seriesInterval(asked.span, shownPoints);
  const top =
    groupBy.length === 0 ? {} : { groupBy, top: Math.min(mostSeries, asked.limit), sort: sort ?? `-${yAxis}` };
  const options = { dataset: asked.dataset, yAxis, query: asked.query, intervalSeconds, span: asked.span, ...top };
  const answer = await backend.queries.series(scope, options, signal);
  const points = answer.series.flatMap((one) => one.points);
  const stepMs = answer.intervalMs ?? intervalSeconds * 1000;
  const nameOf = ({ isOther, group }: QuerySeries): string =>
    isOther
      ? 'all others'
      : Object.entries(group)
          .map(([name, value]) => cleanCell(name, value, undefined, backend))
          .join(', ') || 'all';
  const chart = asked.chart
    ? await chartOf(
        answer.series.map((one) => ({ name: nameOf(one), points: drawnPoints(one) })),
        {
          title: [yAxis, asked.query].filter(Boolean).join('  '),
          span: asked.span,
          stepMs,
          zone: zoneOf(call),
          unit: chartUnits[kindOf(yAxis)],
          style: 'line',
          signal,
        },
      )
    : { images: [], notes: [] };
  return {
    columns: [],
    rows: [],
    series: answer.series.map((one) => ({
      group: nameOf(one),
      points: one.points.map(({ at, value, isIncomplete }) => ({
        at: timestamp(at),
        value: `${cellText(yAxis, value, undefined)}${isIncomplete ? ' (not over)' : ''}`,
      })),
    })),
    notes: [
      `Interval ${duration(stepMs)}.`,
      ...(answer.isPartial ? ['Estimate: only part of the data was scanned.'] : []),
      ...(points.some(({ isLowConfidence }) => isLowConfidence) ? ['Estimate of low confidence: few samples.'] : []),
      ...chart.notes,
    ],
    images: chart.images,
    source: sourceOf(
      backend.url,
      scope.organization,
      queryPage(scope, { ...question, isSeries: true }),
      `GET organizations/${scope.organization}/${answer.route}/`,
    ),
  };
}

const chartUnits = { ratio: 'percentunit', ms: 'ms', number: 'short' } as const;

/** Without the bucket that is not over, which would look like a fall. */
function drawnPoints({ points }: QuerySeries): (readonly [number, number])[] {
  return points.filter(({ isIncomplete }) => !isIncomplete).map(({ at, value }) => [at, value] as const);
}
