import type { ValueScale } from '../../series/value-axis.ts';
import type { TimeSeriesChart } from '../../spec.ts';
import { element, short } from '../../svg/element.ts';
import { formatValue } from '../../units/units.ts';
import { baseline, type Box, type Canvas, label, textSize } from '../canvas.ts';
import { xOf } from '../time-axis.ts';
import type { Place } from './draw-lines.ts';
import type { Line } from './prepare.ts';

/** Shaded sides of thresholds and regions of annotations: below everything else. */
export function drawShades(canvas: Canvas, spec: TimeSeriesChart, plot: Box, place: Place): string {
  const shades = (spec.thresholds ?? [])
    .filter(({ side }) => side !== undefined)
    .map(({ value, side, severity }) => {
      const y = within(place.y(value), plot);
      const [top, bottom] = side === 'above' ? [plot.top, y] : [y, plot.top + plot.height];
      return shade(plot.left, plot.left + plot.width, top, bottom, canvas.theme.severity[severity]);
    });
  const regions = shownAnnotations(spec).map(({ at, end }) => {
    if (end === undefined || end <= at) return '';
    const [from, to] = [Math.max(at, spec.span.start), Math.min(end, spec.span.end)].map((one) =>
      xOf(one, spec.span, plot),
    );
    return shade(from ?? 0, to ?? 0, plot.top, plot.top + plot.height, canvas.theme.annotation);
  });
  return [...shades, ...regions].join('');
}

function shade(left: number, right: number, top: number, bottom: number, fill: string): string {
  if (right <= left || bottom <= top) return '';
  return element('rect', { x: left, y: top, width: right - left, height: bottom - top, fill, 'fill-opacity': 0.1 });
}

/** Threshold lines with their values at the right end; one outside of the axis is named at that edge. */
export function drawThresholds(
  canvas: Canvas,
  spec: TimeSeriesChart,
  plot: Box,
  { scale, place }: { readonly scale: ValueScale; readonly place: Place },
): string {
  const taken: number[] = [];
  return (spec.thresholds ?? [])
    .map(({ value, severity, label: name }) => {
      const colour = canvas.theme.severity[severity];
      const isAbove = value > scale.max;
      const isOutside = isAbove || value < scale.min;
      const y = within(place.y(value), plot);
      const words = `${isOutside ? (isAbove ? '↑ ' : '↓ ') : ''}${name ?? severity} ${formatValue(value, spec.unit)}`;
      const free = plot.height < leastForLabels ? undefined : freePlace(y, plot, taken);
      const end = { x: plot.left + plot.width - 6, colour, room: plot.width / 2, anchor: 'end' as const };
      const text = free === undefined ? '' : halo(canvas, words, { ...end, y: free, standIn: severity });
      if (isOutside) return text;
      const line = { x1: plot.left, x2: plot.left + plot.width, y1: y, y2: y, stroke: colour, 'stroke-width': 1.4 };
      return element('line', { ...line, 'stroke-dasharray': '8 4' }) + text;
    })
    .join('');
}

/** A baseline above or below the line that keeps clear of the others; undefined when the plot has none left. */
function freePlace(line: number, plot: Box, taken: number[]): number | undefined {
  const [highest, lowest] = [plot.top + textSize, plot.top + plot.height - 3];
  const step = textSize + 2;
  const wanted = [line - 4, line + textSize + 1, line - 4 - step, line + textSize + 1 + step];
  const isFree = (y: number): boolean => taken.every((other) => Math.abs(other - y) >= textSize + 1);
  const y = wanted.find((one) => one >= highest && one <= lowest && isFree(one));
  if (y !== undefined) taken.push(y);
  return y;
}

/** Lines of moments, and their labels along the top. */
export function drawAnnotations(canvas: Canvas, spec: TimeSeriesChart, plot: Box): string {
  let free = plot.left;
  return shownAnnotations(spec)
    .map(({ at, label: name }, index) => {
      const x = xOf(Math.max(at, spec.span.start), spec.span, plot);
      const colour = canvas.theme.annotation;
      const line = element('line', {
        x1: x,
        x2: x,
        y1: plot.top,
        y2: plot.top + plot.height,
        stroke: colour,
        'stroke-dasharray': '3 3',
      });
      const room = plot.left + plot.width - x - 8;
      if (name === undefined || x < free || room < 24 || plot.height < leastForLabels) return line;
      const shown = {
        x: x + 4,
        y: baseline(plot.top + 9),
        colour,
        room: Math.min(room, 160),
        anchor: 'start' as const,
      };
      free = x + 8 + Math.min(shown.room, canvas.lettering.width(name.slice(0, 200), textSize));
      return line + halo(canvas, name, { ...shown, standIn: `mark ${index + 1}` });
    })
    .join('');
}

const mostAnnotations = 50;

/** In a lower plot lines go without their labels, which would cover what they are about. */
const leastForLabels = 80;

/** Those that touch the span, oldest first. */
export function shownAnnotations({
  annotations = [],
  span,
}: TimeSeriesChart): NonNullable<TimeSeriesChart['annotations']> {
  return annotations
    .filter(({ at, end }) => at <= span.end && (end ?? at) >= span.start)
    .toSorted((left, right) => left.at - right.at)
    .slice(0, mostAnnotations);
}

/** Triangles at the edge for values that lie beyond any axis. */
export function drawEdgeMarks(lines: readonly Line[], plot: Box, place: Place): string {
  return lines
    .flatMap(({ marks, colour }) =>
      marks.map(({ at, edge }) => {
        const x = place.x(at);
        const [tip, foot] =
          edge === 'top' ? [plot.top + 1, plot.top + 8] : [plot.top + plot.height - 1, plot.top + plot.height - 8];
        return element('path', { d: `M${short(x)},${short(tip)}L${short(x - 4)},${short(foot)}h8Z`, fill: colour });
      }),
    )
    .join('');
}

/** Text with a rim of the background, so that it reads over lines. */
function halo(
  canvas: Canvas,
  text: string,
  options: { x: number; y: number; colour: string; room: number; anchor: 'start' | 'end'; standIn?: string },
): string {
  const drawn = label(canvas, text, options);
  const rim = { stroke: canvas.theme.background, 'stroke-width': 3, 'stroke-linejoin': 'round', opacity: 0.85 };
  return element('g', rim, drawn) + drawn;
}

function within(y: number, plot: Box): number {
  return Math.min(plot.top + plot.height, Math.max(plot.top, y));
}
