import { area, line } from 'd3-shape';
import type { Finite } from '../../series/bucket-series.ts';
import { element, short } from '../../svg/element.ts';
import { mixed } from '../../theme.ts';
import type { Canvas } from '../canvas.ts';
import type { Line } from './prepare.ts';

/** Where a moment and a value are on the picture, and the base that areas and bars stand on. */
export interface Place {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  readonly base: number;
}

/** Lines of all series; the first one lies on top. */
export function drawLines(lines: readonly Line[], place: Place): string {
  return lines
    .toReversed()
    .map((one) => strokes(one, place) + lonePoints(one, place))
    .join('');
}

/** Areas below lines: see-through side by side, opaque when stacked, where each covers what lies below its edge. */
export function drawAreas(canvas: Canvas, lines: readonly Line[], place: Place, isStacked: boolean): string {
  const { background } = canvas.theme;
  const fill = area<Finite>(
    ([at]) => place.x(at),
    place.base,
    ([, value]) => place.y(value),
  ).digits(2);
  return lines
    .toReversed()
    .map((one) => {
      const path = one.segments.map((segment) => fill(segment) ?? '').join('');
      const look = isStacked
        ? { fill: mixed(one.colour, background, 0.6) }
        : { fill: one.colour, 'fill-opacity': 0.18 };
      const filled = path === '' ? '' : element('path', { d: path, ...look });
      return filled + strokes(one, place) + lonePoints(one, place);
    })
    .join('');
}

export function drawPoints(lines: readonly Line[], place: Place): string {
  return lines
    .toReversed()
    .map((one) => one.segments.flatMap((segment) => segment.map((point) => dot(one, point, place, 2.2))).join(''))
    .join('');
}

/**
 * Bars from the base. Side by side while each gets four pixels, else on top of each other and see-through.
 *
 * @param slot pixels from one moment to the next
 */
export function drawBars(
  canvas: Canvas,
  lines: readonly Line[],
  place: Place,
  { slot, isStacked }: { readonly slot: number; readonly isStacked: boolean },
): string {
  const isBeside = !isStacked && slot * 0.8 >= 4 * lines.length;
  const whole = Math.max(1, slot * 0.8);
  const width = isBeside ? whole / lines.length : whole;
  return lines
    .map((one, index) => {
      const offset = isBeside ? -whole / 2 + index * width : -width / 2;
      const d = one.segments
        .flatMap((segment) =>
          segment.map(([at, value]) => bar(place.x(at) + offset, width, place.y(value), place.base)),
        )
        .join('');
      const look = isStacked ? { fill: mixed(one.colour, canvas.theme.background, 0.75) } : { fill: one.colour };
      return d === ''
        ? ''
        : element('path', {
            d,
            ...look,
            'fill-opacity': isBeside || isStacked || lines.length === 1 ? undefined : 0.55,
          });
    })
    .toReversed()
    .join('');
}

function bar(x: number, width: number, y: number, base: number): string {
  return `M${short(x)},${short(base)}V${short(y)}h${short(width)}V${short(base)}Z`;
}

function strokes(one: Line, place: Place): string {
  const path = line<Finite>(
    ([at]) => place.x(at),
    ([, value]) => place.y(value),
  ).digits(2);
  const d = one.segments
    .filter(({ length }) => length > 1)
    .map((segment) => path(segment) ?? '')
    .join('');
  if (d === '') return '';
  return element('path', {
    d,
    fill: 'none',
    stroke: one.colour,
    'stroke-width': 1.6,
    'stroke-linejoin': 'round',
    'stroke-dasharray': one.dash,
  });
}

/** A point without neighbours has no line: without a dot it would not be seen. */
function lonePoints(one: Line, place: Place): string {
  return one.segments
    .filter(({ length }) => length === 1)
    .flatMap((segment) => segment.map((point) => dot(one, point, place, 2)))
    .join('');
}

function dot(one: Line, [at, value]: Finite, place: Place, radius: number): string {
  return element('circle', { cx: place.x(at), cy: place.y(value), r: radius, fill: one.colour });
}
