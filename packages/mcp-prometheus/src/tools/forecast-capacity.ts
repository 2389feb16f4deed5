import {
  duration,
  type Finding,
  findings,
  findingsReport,
  outside,
  renderFindings,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import { formatDuration, labelKey, roundStep, type Series } from '@cinecom/promql';
import * as z from 'zod';
import { type Forecast, forecast } from '../analysis/forecast/forecast.ts';
import { presets } from '../analysis/forecast/presets.ts';
import { chartImages, chartOf } from '../render/chart-of.ts';
import { shownLabels, shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { forecastAsked, forecastPoints, readWindow } from './forecast-reading.ts';
import { durationOf, timeContext } from './times.ts';

const dayMs = 86_400_000;
const recentMs = 6 * 3_600_000;
const shownRows = 20;
const mostSeries = 200;

export const forecastCapacity = defineTool({
  name: 'prom_forecast_capacity',
  title: 'When is it full',
  description:
    'When disk, inodes, memory or any query reaches its limit: date, range, pace, fit; or why there is no date (moves away, falls back again, too little history).',
  searchHint: 'capacity forecast disk full predict eta growth trend planning 容量 予測 ディスク 枯渇',
  risk: 'read',
  input: z.strictObject({
    preset: z.enum(presets).default('disk'),
    query: z.string().min(1).max(4000).optional().describe('instead of a preset, with limit'),
    limit: z.number().optional().describe('must not be reached'),
    left: z.boolean().optional().describe('query is what is left'),
    selector: z.string().max(1000).optional().describe('{instance="a"} of a preset'),
    horizon: z.string().max(20).default('7d').describe('1d to 180d'),
    chart: z.boolean().default(false).describe('adds a picture'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        series: outside(z.string()),
        now: z.number().optional(),
        at: z.string().optional(),
        range: z.string().optional(),
        perDay: z.number().optional(),
        fit: z.number().optional(),
        says: z.string(),
      }),
    ),
    total: z.int(),
    notes: z.array(z.string()),
    images: chartImages,
  }),
  async handle(input, call) {
    const horizonMs = durationOf('horizon', input.horizon, { least: '1d', most: '180d' });
    const { query, limit, isLeft } = await forecastAsked(input, call);
    const longMs = horizonMs > 14 * dayMs ? 30 * dayMs : 7 * dayMs;
    const now = call.clock.now();
    const [long, recent] = await Promise.all([
      readWindow(query, longMs, now, call),
      readWindow(query, recentMs, now, call),
    ]);
    if (long.length > mostSeries) {
      throw new ToolError('too_large', `the query has ${long.length} series, more than ${mostSeries}`, {
        hint: 'Name labels, or aggregate.',
      });
    }
    const recentOf = new Map(recent.map((series) => [labelKey(series.labels), series.points]));
    const all = long
      .map((series) => ({
        series,
        found: forecast({
          recent: recentOf.get(labelKey(series.labels)) ?? [],
          long: series.points,
          longWindowMs: longMs,
          limit,
          isLeft,
          now,
        }),
      }))
      .toSorted((a, b) => soonest(a.found) - soonest(b.found));
    const zone = timeContext(call).zone;
    const chart = input.chart
      ? await chartOf(
          all.slice(0, 5).map(({ series }) => series),
          {
            title: `towards ${shownNumber(limit)}`,
            span: { start: now - longMs, end: now },
            stepMs: roundStep(longMs / forecastPoints),
            zone,
            thresholds: [{ value: limit, severity: 'critical' }],
            signal: call.signal,
          },
        )
      : undefined;
    const unknown = all.filter(({ found }) => found.kind === 'insufficient' || found.kind === 'unclear');
    return {
      ...findings({
        summary: summaryOf(
          all.map(({ found }) => found),
          horizonMs,
          now,
        ),
        findings: all.flatMap(({ series, found }) => findingOf(series, found, { horizonMs, now })),
        notExamined: [
          ...(all.length === 0 ? [{ what: 'capacity', why: 'the query has no series', required: true }] : []),
          ...(unknown.length === 0
            ? []
            : [
                {
                  what: `${unknown.length} of ${all.length} series`,
                  why: 'no date can be given, see the list',
                  required: unknown.length === all.length,
                },
              ]),
        ],
        window: `${formatDuration(longMs)} and ${formatDuration(recentMs)} before now, horizon ${input.horizon}`,
      }),
      rows: all.slice(0, shownRows).map(({ series, found }) => rowOf(series, found, now)),
      total: all.length,
      notes: [
        'Theil–Sen line; the range is that of the middle half of all slopes and of the last hours.',
        ...(chart?.notes ?? []),
      ],
      ...(chart === undefined || chart.images.length === 0 ? {} : { images: chart.images }),
    };
  },
  render(report) {
    const rows = report.rows.map((row) => ({
      series: row.series,
      now: shownNumber(row.now),
      'reached at': row.at,
      range: row.range,
      'a day': shownNumber(row.perDay),
      'R²': row.fit === undefined ? '' : row.fit.toFixed(2),
      '': row.says,
    }));
    const more = report.total > rows.length ? [`${rows.length} of ${report.total} shown, soonest first`] : [];
    return [
      renderFindings(report),
      '',
      table(rows, ['series', 'now', 'reached at', 'range', 'a day', 'R²', '']),
      ...more,
      ...report.notes,
    ].join('\n');
  },
});

function soonest(found: Forecast): number {
  if (found.kind === 'reached') return 0;
  return found.kind === 'eta' ? found.at : Infinity;
}

function summaryOf(all: readonly Forecast[], horizonMs: number, now: number): string {
  const [first] = all.toSorted((a, b) => soonest(a) - soonest(b));
  if (first?.kind === 'reached') return 'a limit is reached now';
  if (first?.kind === 'eta' && first.at <= now + horizonMs)
    return `first limit reached ${timestamp(first.at)}, in ${duration(first.at - now)}`;
  const known = all.filter(({ kind }) => kind !== 'insufficient' && kind !== 'unclear').length;
  return known === 0
    ? 'no date can be given'
    : `no exhaustion within ${formatDuration(horizonMs)} in ${known} of ${all.length} series`;
}

function findingOf(
  series: Series,
  found: Forecast,
  { horizonMs, now }: { readonly horizonMs: number; readonly now: number },
): readonly Finding[] {
  if (found.kind !== 'reached' && !(found.kind === 'eta' && found.at <= now + horizonMs)) return [];
  const isNear = found.kind === 'reached' || found.at <= now + dayMs;
  return [
    {
      id: 'limit_near',
      severity: isNear ? 'critical' : 'warning',
      object: shownLabels(series.labels),
      evidence:
        found.kind === 'reached'
          ? 'the limit is reached'
          : `reached in ${duration(found.at - now)} (${rangeText(found, now)}), R² ${found.fit.toFixed(2)}`,
      threshold: `not within ${formatDuration(horizonMs)}; critical within 1d`,
      fix: 'Find what grows (prom_what_changed), free or extend in time',
    },
  ];
}

function rangeText({ earliest, latest }: Extract<Forecast, { kind: 'eta' }>, now: number): string {
  return `${duration(earliest - now)} to ${Number.isFinite(latest) ? duration(latest - now) : 'never'}`;
}

function rowOf(series: Series, found: Forecast, now: number) {
  const value = series.points.at(-1)?.[1];
  const head = {
    series: shownLabels(series.labels),
    ...(value === undefined || !Number.isFinite(value) ? {} : { now: value }),
  };
  switch (found.kind) {
    case 'eta':
      return {
        ...head,
        at: timestamp(Math.min(found.at, now + 3650 * dayMs)),
        range: rangeText(found, now),
        perDay: found.perDay,
        fit: found.fit,
        says: found.at > now + 3650 * dayMs ? 'in more than ten years' : '',
      };
    case 'away':
      return { ...head, perDay: found.perDay, fit: found.fit, says: 'does not move towards it' };
    case 'sawtooth':
      return {
        ...head,
        says: `falls back every ${duration(found.periodMs)} (${found.falls} times) at ${shownNumber(found.peak)}: no line fits`,
      };
    case 'reached':
      return { ...head, says: 'reached' };
    case 'unclear':
    case 'insufficient':
    default:
      return { ...head, says: found.why };
  }
}
