import { counted, duration, timestamp } from '@cinecom/mcp-core';
import { cellText, kindOf } from '../analysis/query/cell-text.ts';
import type { datasetNames } from '../analysis/query/dataset-names.ts';
import { keyOfField } from '../analysis/query/key-of-field.ts';
import { knownFields } from '../analysis/query/known-fields.ts';
import { nearestNames } from '../analysis/query/nearest-names.ts';
import { seriesInterval } from '../analysis/query/series-interval.ts';
import type { CellValue, QuerySeries, TableAnswer } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import { chartOf } from '../render/chart-of.ts';
import { queryPage } from './query-page.ts';
import type { SentryCall } from './scope.ts';
import { zoneOf } from './times.ts';
import { sourceOf } from './web-link.ts';

const mostSeries = 10;
const shownPoints = 30;
const chartUnits = { ratio: 'percentunit', ms: 'ms', number: 'short' } as const;

/** What is asked, the input's time as a span too. */
export interface QueryAsked {
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

export async function readTable(asked: QueryAsked, scope: Scope, { backend, signal }: SentryCall) {
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
function emptyNotes({ dataset, fields }: QueryAsked, rows: TableAnswer['rows']): readonly string[] {
  const empty = fields.filter((field) => rows.length > 0 && rows.every((row) => (row.get(field) ?? null) === null));
  if (empty.length === 0) return [];
  const near = nearestNames(empty, knownFields(dataset));
  const meant = near.length === 0 ? '' : ` Near names: ${near.join(', ')}.`;
  return [
    `${counted(empty.length, 'field')} without a value in any row: unknown, or a tag that nothing carries.${meant}`,
  ];
}

export async function readSeries(question: QueryAsked, scope: Scope, call: SentryCall) {
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

/** Without the bucket that is not over, which would look like a fall. */
function drawnPoints({ points }: QuerySeries): (readonly [number, number])[] {
  return points.filter(({ isIncomplete }) => !isIncomplete).map(({ at, value }) => [at, value] as const);
}
