import { scaleLinear, scaleLog } from 'd3-scale';
import type { Threshold, ValueAxis } from '../spec.ts';
import { largest } from './bucket-series.ts';
import { formatValue, tickStepOf } from '../units/units.ts';

export interface ValueScale {
  readonly min: number;
  readonly max: number;
  /** Share of the way from the lowest to the highest value, 0 to 1 within the axis. */
  readonly shareOf: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export interface AxisNeeds {
  readonly axis: ValueAxis;
  readonly unit: string | undefined;
  readonly thresholds: readonly Threshold[];
  /** Bars and areas start from zero. */
  readonly fromZero: boolean;
  readonly tickCount: number;
}

/** @param values the lowest and highest value to show; undefined when there is none */
export function valueScale(values: readonly [number, number] | undefined, needs: AxisNeeds): ValueScale {
  return needs.axis.scale === 'log' ? logScale(values, needs) : linearScale(values, needs);
}

function linearScale(values: readonly [number, number] | undefined, needs: AxisNeeds): ValueScale {
  const [low, high] = withThresholds(padded(values ?? [0, 1], needs.fromZero), needs.thresholds);
  const [wantedMin, wantedMax] = [needs.axis.min ?? low, needs.axis.max ?? high];
  const [min, max] = wantedMin < wantedMax ? [wantedMin, wantedMax] : [wantedMin, wantedMin + roomAround(wantedMin)];
  const { bottom, top, tickValues } = roundEnds(min, max, needs);
  const step = tickValues.length > 1 ? Math.abs((tickValues[1] ?? 0) - (tickValues[0] ?? 0)) : undefined;
  return {
    min: bottom,
    max: top,
    shareOf: (value) => (value - bottom) / (top - bottom),
    ticks: tickValues
      .filter((value) => value >= bottom && value <= top)
      .map((value) => ({ value, text: formatValue(value, needs.unit, step) })),
  };
}

/** Ends on round values, but for those that were asked for, and the round values between them. */
function roundEnds(
  min: number,
  max: number,
  { axis, unit, tickCount }: AxisNeeds,
): { bottom: number; top: number; tickValues: readonly number[] } {
  const step = tickStepOf(unit, (max - min) / tickCount);
  if (step === undefined) {
    const scale = scaleLinear().domain([min, max]).nice(tickCount);
    const [low = min, high = max] = scale.domain();
    return { bottom: axis.min ?? low, top: axis.max ?? high, tickValues: scale.ticks(tickCount) };
  }
  const [first, last] = [Math.floor(min / step), Math.ceil(max / step)];
  const tickValues = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { bottom: axis.min ?? first * step, top: axis.max ?? last * step, tickValues };
}

function logScale(values: readonly [number, number] | undefined, needs: AxisNeeds): ValueScale {
  const [low, high] = values ?? [1, 10];
  const wanted: [number, number] = [positive(needs.axis.min) ?? low, positive(needs.axis.max) ?? high];
  const scale = scaleLog().domain(wanted[0] < wanted[1] ? wanted : [wanted[0] / 2, wanted[0] * 2]);
  scale.nice();
  const [min = 1, max = 10] = scale.domain();
  const bottom = positive(needs.axis.min) ?? min;
  const top = Math.max(positive(needs.axis.max) ?? max, bottom * 2);
  const decades = Math.log10(top) - Math.log10(bottom);
  const every = Math.max(1, Math.ceil(decades / needs.tickCount));
  const digits = decades <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(bottom)); power <= Math.ceil(Math.log10(top)); power++) {
    if (power % every === 0) ticks.push(...digits.map((digit) => Number(`${digit}e${power}`)));
  }
  return {
    min: bottom,
    max: top,
    shareOf: (value) => (Math.log(value) - Math.log(bottom)) / (Math.log(top) - Math.log(bottom)),
    ticks: ticks
      .filter((value) => value >= bottom * 0.999 && value <= top * 1.001)
      .map((value) => ({ value, text: formatValue(value, needs.unit) })),
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 1 / largest ? value : undefined;
}

function padded([low, high]: readonly [number, number], fromZero: boolean): readonly [number, number] {
  // A line whose values come near zero is read against it; one far away would be flattened by it.
  const isNear = low >= 0 ? low <= high / 2 : high <= 0 && high >= low / 2;
  const [min, max] = fromZero || isNear ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  // What differs by rounding alone is flat.
  if (max - min > Math.max(Math.abs(min), Math.abs(max)) * 1e-12 && max - min > 1e-290) return [min, max];
  return min === 0 ? [0, 1] : [min - roomAround(min), min + roomAround(min)];
}

function roomAround(value: number): number {
  return Math.max(Math.abs(value) * 0.1, 1e-290);
}

/** A threshold belongs into the picture, unless the values would shrink to less than a quarter of it. */
function withThresholds(
  [low, high]: readonly [number, number],
  thresholds: readonly Threshold[],
): readonly [number, number] {
  let [min, max] = [low, high];
  for (const { value } of thresholds.toSorted(
    (left, right) => Math.abs(left.value - low) - Math.abs(right.value - low),
  )) {
    const [wider, higher] = [Math.min(min, value), Math.max(max, value)];
    if (higher - wider <= 4 * (high - low)) [min, max] = [wider, higher];
  }
  return [min, max];
}
