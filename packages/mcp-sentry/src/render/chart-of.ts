import { type Annotation, type ChartSeries, renderChart } from '@cinecom/chart';
import { counted } from '@cinecom/mcp-core';
import { openText } from '@cinecom/mcp-core/redact';
import * as z from 'zod';
import type { Span } from '../model/scope.ts';

/** What a tool with a picture has in its output; the core appends it after the text. */
export const chartImages = z.array(z.strictObject({ png: z.string(), alt: z.string() })).optional();

export interface ChartOptions {
  /** Drawn above the chart; cleaned and cut there. */
  readonly title: string;
  readonly span: Span;
  readonly stepMs: number;
  /** IANA name. */
  readonly zone: string;
  /** One of the chart's unit table. */
  readonly unit: string;
  readonly style: 'line' | 'bars';
  readonly annotations?: readonly Annotation[];
  readonly signal: AbortSignal;
}

export interface DrawnChart {
  readonly images: { readonly png: string; readonly alt: string }[];
  /** What a reader of the picture has to know, in words of ours alone. */
  readonly notes: readonly string[];
}

/**
 * One picture of the series, in the order in which the answer lists them; bars are stacked.
 *
 * @returns no image, and a note that says why, where none can be drawn
 */
export async function chartOf(
  series: readonly ChartSeries[],
  { signal, annotations = [], ...chart }: ChartOptions,
): Promise<DrawnChart> {
  const isOpen = openText();
  const { png, notes } = await renderChart(
    {
      kind: 'timeseries',
      ...chart,
      stacked: chart.style === 'bars',
      title: isOpen(chart.title) ? chart.title : '(title withheld)',
      annotations: annotations.map((one) => (isOpen(one.label ?? '') ? one : { ...one, label: '(withheld)' })),
      series: series.map((one, index) =>
        isOpen(one.name) ? one : { ...one, name: `series ${index + 1} (name withheld)` },
      ),
    },
    { signal },
  );
  if (png === undefined) return { images: [], notes };
  const kind = chart.style === 'bars' ? 'stacked bars' : 'line chart';
  const alt = `${kind} of ${counted(series.length, 'series', 'series')}`;
  return { images: [{ png: png.toString('base64'), alt }], notes };
}
