import { bucketSeries, type Bucketed } from '../../series/bucket-series.ts';
import { type Figures, figuresOf } from '../../series/figures.ts';
import { stackSeries } from '../../series/stack-series.ts';
import type { TimeSeriesChart } from '../../spec.ts';
import { letterOf } from '../../text/clean.ts';
import { strokeOf } from '../../theme.ts';
import type { Canvas } from '../canvas.ts';

export const mostSeries = 20;

/** A series as it is drawn. */
export interface Line extends Bucketed {
  readonly name: string;
  readonly letter: string;
  readonly colour: string;
  readonly dash: string | undefined;
  /** Of the values as given, also where the drawn edge is that of a stack. */
  readonly figures: Figures;
}

/** The first series, bucketed to the columns of the plot. */
export function linesOf(canvas: Canvas, spec: TimeSeriesChart, columns: number): readonly Line[] {
  const given = spec.series.slice(0, mostSeries);
  const drawn = spec.stacked === true ? stackSeries(given) : given;
  const options = {
    span: spec.span,
    columns,
    spanNulls: spec.spanNulls ?? false,
    farthestMs: spec.stepMs === undefined ? Number.POSITIVE_INFINITY : spec.stepMs * 1.5,
    isLog: spec.axis?.scale === 'log',
  };
  return given.map(({ name, points }, index) => ({
    name,
    letter: letterOf(index),
    ...strokeOf(canvas.theme, index),
    figures: figuresOf(points, spec.span),
    ...bucketSeries(drawn[index]?.points ?? [], options),
  }));
}

/** The lowest and highest value drawn. */
export function extentOf(lines: readonly Line[]): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { segments } of lines) {
    for (const segment of segments) {
      for (const [, value] of segment) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  return low <= high ? [low, high] : undefined;
}
