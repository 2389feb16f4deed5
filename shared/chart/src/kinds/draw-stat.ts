import { area, line } from 'd3-shape';
import { bucketSeries, type Finite } from '../series/bucket-series.ts';
import { figuresOf } from '../series/figures.ts';
import { severityOf } from '../series/severity.ts';
import type { ChartPoint, ChartSpan, StatChart } from '../spec.ts';
import { element } from '../svg/element.ts';
import { cutLabel } from '../text/clean.ts';
import { formatValue } from '../units/units.ts';
import { type Box, type Canvas, type Drawn, header, label } from './canvas.ts';
import { checkSpan, spanText, xOf } from './time-axis.ts';

/** One large value, coloured by its thresholds, over a spark line of where it came from. */
export function drawStat(canvas: Canvas, spec: StatChart): Drawn {
  const { value, unit, spark } = spec;
  if (spark) checkSpan(spark.span);
  const remark = spark === undefined ? '' : spanText(spark.span, canvas.clock);
  const { body: head, box } = header(canvas, spec.title, remark);
  const severity = severityOf(value, spec.thresholds);
  const colour = severity === undefined ? canvas.theme.text : canvas.theme.severity[severity];
  const words = formatValue(value, unit);
  const textHeight = spark === undefined ? box.height : box.height * 0.6;
  const size = fittingSize(canvas, words, { ...box, height: textHeight * (spec.label === undefined ? 0.8 : 0.62) });
  const x = canvas.width / 2;
  const y = box.top + textHeight / 2 + size * 0.36 - (spec.label === undefined ? 0 : 12);
  const parts = [head, spark === undefined ? '' : drawSpark(canvas, spark, box, colour)];
  parts.push(label(canvas, words, { x, y, size, anchor: 'middle', colour, standIn: '?' }));
  if (spec.label !== undefined) {
    const below = { x, y: y + size * 0.3 + 16, size: 14, anchor: 'middle' as const, colour: canvas.theme.faint };
    parts.push(label(canvas, spec.label, { ...below, room: box.width, standIn: '(label: see the text)' }));
  }
  return { body: parts.join(''), lines: wordsOf(canvas, spec), lettered: [] };
}

function fittingSize(canvas: Canvas, words: string, { width, height }: Box): number {
  const perPixel = canvas.lettering.width(words, 1);
  return Math.max(12, Math.floor(Math.min(height, (width * 0.9) / Math.max(perPixel, 0.1), 160)));
}

function drawSpark(
  canvas: Canvas,
  spark: { points: readonly ChartPoint[]; span: ChartSpan },
  box: Box,
  colour: string,
): string {
  const plot = { ...box, top: box.top + box.height * 0.62, height: box.height * 0.38 };
  const { min, max } = figuresOf(spark.points, spark.span);
  if (min === undefined || max === undefined) return '';
  const columns = Math.max(1, Math.floor(plot.width));
  const options = { span: spark.span, columns, spanNulls: false, farthestMs: Number.POSITIVE_INFINITY, isLog: false };
  const x = ([at]: Finite): number => xOf(at, spark.span, plot);
  const y = ([, value]: Finite): number =>
    plot.top + plot.height * (max === min ? 0.5 : 0.95 - 0.9 * ((value - min) / (max - min)));
  const fill = area<Finite>(x, plot.top + plot.height, y).digits(2);
  const stroke = line<Finite>(x, y).digits(2);
  return bucketSeries(spark.points, options)
    .segments.map((segment) => {
      const [only] = segment;
      if (segment.length === 1 && only) return element('circle', { cx: x(only), cy: y(only), r: 2, fill: colour });
      const filled = element('path', { d: fill(segment) ?? '', fill: colour, 'fill-opacity': 0.15 });
      return filled + element('path', { d: stroke(segment) ?? '', fill: 'none', stroke: colour, 'stroke-width': 1.8 });
    })
    .join('');
}

function wordsOf(canvas: Canvas, { value, unit, label: name, thresholds, spark }: StatChart): readonly string[] {
  const severity = severityOf(value, thresholds);
  const judged = severity === undefined ? '' : ` (${severity})`;
  const lines = [`${name === undefined ? '' : `${cutLabel(name, 120)}: `}${formatValue(value, unit)}${judged}`];
  if (spark === undefined) return lines;
  const { min, max } = figuresOf(spark.points, spark.span);
  return [
    ...lines,
    `${spanText(spark.span, canvas.clock)}: min ${formatValue(min, unit)}, max ${formatValue(max, unit)}`,
  ];
}
