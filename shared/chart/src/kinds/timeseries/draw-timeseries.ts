import { type ValueScale, valueScale } from '../../series/value-axis.ts';
import { largest } from '../../series/bucket-series.ts';
import type { TimeSeriesChart, ValueAxis } from '../../spec.ts';
import { element } from '../../svg/element.ts';
import { formatValue } from '../../units/units.ts';
import { baseline, type Box, type Canvas, type Drawn, header, label, letteredOf, textSize } from '../canvas.ts';
import { legendOf } from '../legend.ts';
import { checkSpan, spanText, timeAxis, timeAxisHeight, xOf } from '../time-axis.ts';
import { drawAreas, drawBars, drawLines, drawPoints, type Place } from './draw-lines.ts';
import { drawAnnotations, drawEdgeMarks, drawShades, drawThresholds } from './draw-notes.ts';
import { extentOf, type Line, linesOf } from './prepare.ts';
import { timeSeriesWords } from './words.ts';

/** @throws RangeError when the span is none, or a stacked chart has a log axis */
export function drawTimeSeries(canvas: Canvas, given: TimeSeriesChart): Drawn {
  checkSpan(given.span);
  checkAxis(given.axis ?? {});
  const isLog = given.axis?.scale === 'log';
  const thresholds = (given.thresholds ?? []).filter(
    ({ value }) => Math.abs(value) <= largest && (!isLog || value > 0),
  );
  const spec = { ...given, thresholds };
  if (spec.stacked === true && spec.axis?.scale === 'log') throw new RangeError('a stacked chart has a linear axis');
  const { body: head, box } = header(canvas, spec.title, spanText(spec.span, canvas.clock));
  const lines = linesOf(canvas, spec, Math.max(1, Math.floor(box.width)));
  const legend = legendOf(
    canvas,
    lines.map((line) => entryOf(line, spec.unit)),
    ['last', 'min', 'max'],
    {
      room: box,
      undrawn: spec.series.length - lines.length,
    },
  );
  const plotHeight = Math.max(20, box.height - timeAxisHeight - legend.height - (legend.height > 0 ? 6 : 0));
  const style = spec.style ?? 'line';
  const scale = valueScale(extentOf(lines), {
    axis: spec.axis ?? {},
    unit: spec.unit,
    thresholds: spec.thresholds,
    fromZero: style === 'bars' || style === 'area' || spec.stacked === true,
    tickCount: Math.max(2, Math.floor(plotHeight / 40)),
  });
  const axis = valueAxis(canvas, spec, scale, { ...box, height: plotHeight });
  const { plot } = axis;
  const place = placeOf(spec, scale, plot);
  const time = timeAxis(canvas, spec.span, plot);
  const body = [
    head,
    drawShades(canvas, spec, plot, place),
    time.grid,
    axis.body,
    clipped(plot, drawMarks(canvas, spec, lines, place, plot)),
    drawThresholds(canvas, spec, plot, { scale, place }),
    drawAnnotations(canvas, spec, plot),
    drawEdgeMarks(lines, plot, place),
    time.labels,
    lines.some(({ segments, marks }) => segments.length + marks.length > 0) ? '' : noData(canvas, plot),
    legend.draw({ ...box, top: plot.top + plot.height + timeAxisHeight + 6, height: legend.height }),
  ].join('');
  const lettered = letteredOf(
    canvas,
    lines.map(({ name }) => name),
  );
  return { body, lines: timeSeriesWords(canvas, given, lines), lettered };
}

function checkAxis({ min, max }: ValueAxis): void {
  const isNumber = [min ?? 0, max ?? 0].every((bound) => Math.abs(bound) <= largest);
  if (!isNumber || (min !== undefined && max !== undefined && min >= max)) {
    throw new RangeError('axis min and max must be finite numbers, min below max');
  }
}

function entryOf(
  { name, letter, colour, dash, figures }: Line,
  unit: string | undefined,
): Parameters<typeof legendOf>[1][number] {
  const shown = [figures.last, figures.min, figures.max].map((value) => formatValue(value, unit));
  return { name, letter, colour, dash, figures: shown };
}

/** Grid lines with their values, and the plot that is left beside them. */
function valueAxis(canvas: Canvas, spec: TimeSeriesChart, scale: ValueScale, box: Box): { body: string; plot: Box } {
  const { theme, lettering } = canvas;
  const widest = Math.max(...scale.ticks.map(({ text }) => lettering.width(text, textSize)), 20);
  const name = spec.axis?.label;
  const left = Math.min(widest, box.width / 3) + 8 + (name === undefined ? 0 : textSize + 6);
  const plot = { left: box.left + left, top: box.top + 6, width: box.width - left - 6, height: box.height - 6 };
  const parts = scale.ticks.map(({ value, text }) => {
    const y = Math.round(plot.top + plot.height * (1 - scale.shareOf(value))) + 0.5;
    const stroke = value === 0 ? theme.axis : theme.grid;
    return (
      element('line', { x1: plot.left, x2: plot.left + plot.width, y1: y, y2: y, stroke }) +
      label(canvas, text, { x: plot.left - 8, y: baseline(y), anchor: 'end', colour: theme.faint, room: box.width / 3 })
    );
  });
  if (name === undefined) return { body: parts.join(''), plot };
  const [x, y] = [box.left + textSize, plot.top + plot.height / 2];
  const turned = label(canvas, name, { x, y, anchor: 'middle', colour: theme.faint, room: plot.height });
  return { body: parts.join('') + element('g', { transform: `rotate(-90 ${x} ${y})` }, turned), plot };
}

function placeOf(spec: TimeSeriesChart, scale: ValueScale, plot: Box): Place {
  // What lies far outside of a given axis needs no exact place, and the renderer no huge numbers.
  const y = (value: number): number => plot.top + plot.height * (1 - Math.min(50, Math.max(-50, scale.shareOf(value))));
  const isLog = spec.axis?.scale === 'log';
  const base = isLog ? plot.top + plot.height : y(Math.min(Math.max(0, scale.min), scale.max));
  return { x: (at) => xOf(at, spec.span, plot), y, base };
}

function drawMarks(canvas: Canvas, spec: TimeSeriesChart, lines: readonly Line[], place: Place, plot: Box): string {
  const isStacked = spec.stacked === true;
  switch (spec.style ?? 'line') {
    case 'points':
      return drawPoints(lines, place);
    case 'bars':
      return drawBars(canvas, lines, place, { slot: slotOf(spec, plot), isStacked });
    case 'area':
      return drawAreas(canvas, lines, place, isStacked);
    case 'line':
    default:
      return isStacked ? drawAreas(canvas, lines, place, true) : drawLines(lines, place);
  }
}

/** Pixels from one moment to the next, by the usual distance of the points. */
function slotOf({ series, span, stepMs }: TimeSeriesChart, { width }: Box): number {
  const points = series[0]?.points ?? [];
  const gaps = points
    .slice(0, 1000)
    .flatMap(([at], index) => (index === 0 ? [] : [at - (points[index - 1]?.[0] ?? at)]))
    .toSorted((left, right) => left - right);
  const step = stepMs ?? gaps[Math.floor(gaps.length / 2)] ?? (span.end - span.start) / 20;
  return (step / (span.end - span.start)) * width;
}

function clipped(plot: Box, body: string): string {
  const { left: x, top: y, width, height } = plot;
  // A little more than the plot, since a line along its edge would be half cut.
  const rect = element('rect', { x, y: y - 1, width, height: height + 2 });
  return element('clipPath', { id: 'plot' }, rect) + element('g', { 'clip-path': 'url(#plot)' }, body);
}

function noData(canvas: Canvas, plot: Box): string {
  const [x, y] = [plot.left + plot.width / 2, plot.top + plot.height / 2];
  return label(canvas, 'no data in this span', { x, y, anchor: 'middle', size: 15, colour: canvas.theme.faint });
}
