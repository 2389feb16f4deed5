import type { ChartSpec } from '../spec.ts';
import { element } from '../svg/element.ts';
import { cutLabel } from '../text/clean.ts';
import type { Lettering } from '../text/lettering.ts';
import { type Canvas, canvasOf, type Drawn } from './canvas.ts';
import { drawBarList } from './draw-bar-list.ts';
import { drawStat } from './draw-stat.ts';
import { drawStateTimeline } from './draw-state-timeline.ts';
import { drawTable } from './draw-table.ts';
import { drawTimeSeries } from './timeseries/draw-timeseries.ts';

export interface LaidOut {
  /** Only for rasterising: it must not leave this package. */
  readonly svg: string;
  readonly text: string;
  readonly width: number;
  readonly height: number;
  /** What a reader of the picture has to know, in words of ours alone. */
  readonly notes: readonly string[];
}

/**
 * A chart as SVG and as text. Equal specs give equal strings.
 *
 * @throws RangeError when a size, span, zone or axis is none
 */
export function drawChart(spec: ChartSpec, lettering: Lettering): LaidOut {
  const canvas = canvasOf(spec, lettering);
  const { width, height, theme } = canvas;
  const { body, lines, lettered } = drawKind(canvas, spec);
  const background = element('rect', { width, height, fill: theme.background });
  const size = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` };
  const title = spec.title === undefined ? [] : [cutLabel(spec.title, 200)];
  const notes =
    lettered.length === 0
      ? []
      : [`Drawn by letter (A is the first), as no font has the glyphs: ${lettered.join(', ')}.`];
  return { svg: element('svg', size, background + body), text: [...title, ...lines].join('\n'), width, height, notes };
}

function drawKind(canvas: Canvas, spec: ChartSpec): Drawn {
  switch (spec.kind) {
    case 'timeseries':
      return drawTimeSeries(canvas, spec);
    case 'stat':
      return drawStat(canvas, spec);
    case 'bar-list':
      return drawBarList(canvas, spec);
    case 'table':
      return drawTable(canvas, spec);
    case 'state-timeline':
    default:
      return drawStateTimeline(canvas, spec);
  }
}
