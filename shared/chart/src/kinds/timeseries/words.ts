import type { TimeSeriesChart } from '../../spec.ts';
import { cutLabel } from '../../text/clean.ts';
import { formatValue } from '../../units/units.ts';
import type { Canvas } from '../canvas.ts';
import { spanText } from '../time-axis.ts';
import { shownAnnotations } from './draw-notes.ts';
import type { Line } from './prepare.ts';

/** What the picture shows, as text: the whole legend by letter, thresholds, marks, and what is not in it. */
export function timeSeriesWords(canvas: Canvas, spec: TimeSeriesChart, lines: readonly Line[]): readonly string[] {
  const value = (one: number | undefined): string => formatValue(one, spec.unit);
  const undrawn = spec.series.length - lines.length;
  const infinite = lines.reduce((sum, { figures }) => sum + figures.infinite, 0);
  const notPositive = lines.reduce((sum, { figures }) => sum + figures.notPositive, 0);
  const isLog = spec.axis?.scale === 'log';
  return [
    `${spec.series.length} series, ${spanText(spec.span, canvas.clock)}${isLog ? ', logarithmic axis' : ''}${spec.stacked === true ? ', stacked' : ''}`,
    ...lines.map(
      ({ letter, name, figures: { last, min, max } }) =>
        `${letter} ${cutLabel(name, 120)}: last ${value(last)}, min ${value(min)}, max ${value(max)}`,
    ),
    ...(lines.every(({ figures }) => figures.last === undefined) ? ['no data in this span'] : []),
    ...(undrawn > 0 ? [`${undrawn} more series not drawn`] : []),
    ...(spec.thresholds ?? []).map(({ value: at, severity, side, label }) => {
      const name = label === undefined ? severity : `${cutLabel(label, 80)} (${severity})`;
      return `Threshold ${name}: ${side ?? 'at'} ${value(at)}`;
    }),
    ...shownAnnotations(spec).map(
      ({ at, end, label }, index) =>
        `Mark ${index + 1}: ${canvas.clock.format(at, '%-d %b %H:%M')}${end === undefined ? '' : ` to ${canvas.clock.format(end, '%-d %b %H:%M')}`}${label === undefined ? '' : ` ${cutLabel(label, 80)}`}`,
    ),
    ...(infinite > 0 ? [`${infinite} infinite values are marked at the edge`] : []),
    ...(isLog && notPositive > 0 ? [`${notPositive} values of zero or below are marked at the lower edge`] : []),
  ];
}
