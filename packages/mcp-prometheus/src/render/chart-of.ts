import { type Annotation, type ChartPoint, renderChart, type Threshold } from '@cinecom/chart';
import { counted } from '@cinecom/mcp-core';
import { openText } from '@cinecom/mcp-core/redact';
import { rankByLast, type Series, type Span, summarise } from '@cinecom/promql';
import * as z from 'zod';
import { extremesOf } from '../analysis/query/merge-extremes.ts';
import { shownLabels } from '../text/index.ts';

/** What a tool with a picture has in its output; the core appends it after the text. */
export const chartImages = z.array(z.strictObject({ png: z.string(), alt: z.string() })).optional();

export interface ChartOptions {
  /** Drawn above the chart; cleaned and cut there. */
  readonly title: string;
  readonly span: Span;
  readonly stepMs: number;
  readonly zone: string;
  readonly style?: 'line' | 'area' | 'bars' | 'points';
  readonly stacked?: boolean;
  /** One of the chart's unit table; found by the metric names when left out. */
  readonly unit?: string;
  readonly thresholds?: readonly Threshold[];
  readonly annotations?: readonly Annotation[];
  readonly signal: AbortSignal;
}

export interface ChartOfSeries {
  readonly images: { readonly png: string; readonly alt: string }[];
  /** What a reader of the picture has to know, in words of ours alone. */
  readonly notes: readonly string[];
}

/**
 * One picture of the series with the largest last values, in the order in which answers list them. Where points are means
 * of steps, the extremes of each step are drawn too.
 *
 * @returns no image, and a note that says why, where none can be drawn
 */
export async function chartOf(series: readonly Series[], options: ChartOptions): Promise<ChartOfSeries> {
  const { signal, unit = unitOf(series), ...chart } = options;
  const bySummary = new Map(series.map((one) => [one.labels, one]));
  const ranked = rankByLast(series.map(summarise)).flatMap(({ labels }) => bySummary.get(labels) ?? []);
  const isOpen = openText();
  const drawn = ranked.map((one, index) => {
    const name = shownLabels(one.labels);
    return {
      name: index >= mostNamed || isOpen(name) ? name : `series ${index + 1} (name withheld)`,
      points: pointsOf(one),
    };
  });
  const title = isOpen(chart.title) ? chart.title : '(title withheld)';
  const { png, notes } = await renderChart({ kind: 'timeseries', ...chart, title, unit, series: drawn }, { signal });
  if (png === undefined) return { images: [], notes };
  const alt = `line chart of ${counted(series.length, 'series', 'series')}`;
  return { images: [{ png: png.toString('base64'), alt }], notes };
}

/** A picture draws no more names than this. */
const mostNamed = 20;

/** A mean with the lowest and highest sample of its step: the line goes there and back, so that a spike is seen. */
function pointsOf(series: Series): readonly ChartPoint[] {
  const extremes = extremesOf(series);
  if (extremes === undefined) return series.points;
  const [lows, highs] = [new Map(extremes.lows), new Map(extremes.highs)];
  return series.points.flatMap((point): readonly ChartPoint[] => {
    const [at, mean] = point;
    const [low = mean, high = mean] = [lows.get(at), highs.get(at)];
    return low === high ? [point] : [point, [at, low], [at, high], point];
  });
}

const endings = [
  { ending: /_bytes(_total)?$/, unit: 'bytes' },
  { ending: /_seconds(_total)?$/, unit: 's' },
  { ending: /_ratio$/, unit: 'percentunit' },
];

/** By the naming convention of Prometheus. Functions that change the unit take the name away, so what has one has its unit. */
function unitOf(series: readonly Series[]): string | undefined {
  return endings.find(
    ({ ending }) => series.length > 0 && series.every(({ labels }) => ending.test(labels['__name__'] ?? '')),
  )?.unit;
}
