import type { ChartSpec } from '../spec.ts';
import { element, escapeXml } from '../svg/element.ts';
import { cleanLabel, letterOf } from '../text/clean.ts';
import { drawable, type Lettering } from '../text/lettering.ts';
import { themeOf, type Theme } from '../theme.ts';
import { clockOf, type ZoneClock } from '../zone/local-time.ts';

/** What every kind draws with. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly lettering: Lettering;
  readonly clock: ZoneClock;
}

/** A drawn chart: SVG elements, and what the picture says in words. */
export interface Drawn {
  readonly body: string;
  readonly lines: readonly string[];
  /** Letters that stand in the picture for names that no font can draw. */
  readonly lettered: readonly string[];
}

/** The letters of the names, out of these, that no font can draw. */
export function letteredOf({ lettering }: Canvas, names: readonly string[]): readonly string[] {
  return names.flatMap((name, index) => (lettering.covers(cleanLabel(name)) ? [] : [letterOf(index)]));
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const textSize = 12;
export const margin = 14;

/** The pixels between two edges of a line of text and its baseline, for a font size. */
export function baseline(middle: number, size: number = textSize): number {
  return middle + size * 0.36;
}

/** @throws RangeError for sizes out of bounds and unknown zones */
export function canvasOf(spec: ChartSpec, lettering: Lettering): Canvas {
  const { width = usual(spec).width, height = usual(spec).height } = spec;
  if (!isWithin(width, 200, 2000)) throw new RangeError('width must be a whole number from 200 to 2000');
  if (!isWithin(height, 100, 1200)) throw new RangeError('height must be a whole number from 100 to 1200');
  return { width, height, theme: themeOf(spec.theme), lettering, clock: clockOf(spec.zone ?? 'UTC') };
}

/** Sizes that fit what is shown, where the spec names none. */
function usual(spec: ChartSpec): { readonly width: number; readonly height: number } {
  const rows = (count: number, each: number, rest: number): number => Math.min(600, Math.max(120, rest + count * each));
  switch (spec.kind) {
    case 'timeseries':
      return { width: 1000, height: 400 };
    case 'stat':
      return { width: 400, height: 200 };
    case 'bar-list':
      return { width: 1000, height: rows(Math.min(20, spec.bars.length), 26, 60) };
    case 'table':
      return { width: 1000, height: rows(spec.rows.length, 22, 82) };
    case 'state-timeline':
    default:
      return { width: 1000, height: rows(spec.rows.length, 30, 106) };
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

export interface Label {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  /** Pixels that it may take; no bound when left out. */
  readonly room?: number;
  /** Drawn in its place when no font has its glyphs. */
  readonly standIn?: string;
}

/** One line of text, cleaned and cut to its room. */
export function label(canvas: Canvas, text: string, options: Label): string {
  const { x, y, size = textSize, anchor = 'start', room = canvas.width, standIn = '□' } = options;
  const shown = drawable(canvas.lettering, text, { size, room, standIn });
  if (shown === '') return '';
  return element(
    'text',
    {
      x,
      y,
      'font-family': 'DejaVu Sans',
      'font-size': size,
      fill: options.colour ?? canvas.theme.text,
      'text-anchor': anchor === 'start' ? undefined : anchor,
    },
    escapeXml(shown),
  );
}

/** The title at the left and, where there is one, a remark at the right. Answers what room is left below. */
export function header(canvas: Canvas, title: string | undefined, remark: string): { body: string; box: Box } {
  const { width, height, theme, lettering } = canvas;
  const inner = { left: margin, width: width - 2 * margin };
  const remarkWidth = remark === '' ? 0 : lettering.width(remark, textSize);
  const isRemarkShown = remarkWidth > 0 && (title === undefined || remarkWidth < inner.width * 0.6);
  const hasHead = title !== undefined || isRemarkShown;
  const room = inner.width - (isRemarkShown ? remarkWidth + 20 : 0);
  const y = margin + 13;
  const body = [
    title === undefined ? '' : label(canvas, title, { x: margin, y, size: 15, room, standIn: '(title: see the text)' }),
    isRemarkShown ? label(canvas, remark, { x: width - margin, y, anchor: 'end', colour: theme.faint }) : '',
  ].join('');
  const top = hasHead ? margin + 26 : margin;
  return { body, box: { ...inner, top, height: height - top - margin } };
}
