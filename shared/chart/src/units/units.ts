import { cutLabel } from '../text/clean.ts';

/** One size of a unit: values from `from` up are divided by `by` and followed by `suffix`. */
interface Size {
  readonly from: number;
  readonly suffix: string;
}

interface Unit {
  readonly sizes: readonly Size[];
  readonly prefix?: string;
  /** The value is multiplied first. */
  readonly factor?: number;
  /** Distances of axis ticks, where ten is not what people count in; ascending, in the value's own measure. */
  readonly tickSteps?: readonly number[];
}

function sizes(base: number, suffixes: readonly string[]): readonly Size[] {
  return suffixes.map((suffix, power) => ({ from: base ** power, suffix }));
}

function plain(suffix: string): Unit {
  return { sizes: [{ from: 1, suffix }] };
}

const si = ['', 'k', 'M', 'G', 'T', 'P'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
const counts = sizes(1000, ['', ' K', ' Mil', ' Bil', ' Tri']);
const binarySteps = Array.from({ length: 60 }, (_, power) => 2 ** power);
const secondSteps = [
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * 86_400),
];

/** From nanoseconds to days, in seconds. */
const times: readonly Size[] = [
  { from: 1e-9, suffix: ' ns' },
  { from: 1e-6, suffix: ' µs' },
  { from: 1e-3, suffix: ' ms' },
  { from: 1, suffix: ' s' },
  { from: 60, suffix: ' min' },
  { from: 3600, suffix: ' h' },
  { from: 86_400, suffix: ' d' },
];

function time(seconds: number): Unit {
  return { sizes: times, factor: seconds, tickSteps: secondSteps.map((step) => step / seconds) };
}

/** Names, scales and suffixes follow Grafana's units, so that a picture and a panel read alike. */
const units: Readonly<Record<string, Unit>> = {
  none: plain(''),
  short: { sizes: counts },
  percent: plain(' %'),
  percentunit: { ...plain(' %'), factor: 100 },
  bytes: {
    sizes: sizes(
      1024,
      binary.map((prefix) => ` ${prefix}B`),
    ),
    tickSteps: binarySteps,
  },
  decbytes: {
    sizes: sizes(
      1000,
      si.map((prefix) => ` ${prefix}B`),
    ),
  },
  bits: {
    sizes: sizes(
      1024,
      binary.map((prefix) => ` ${prefix}b`),
    ),
    tickSteps: binarySteps,
  },
  bps: {
    sizes: sizes(
      1000,
      si.map((prefix) => ` ${prefix}b/s`),
    ),
  },
  Bps: {
    sizes: sizes(
      1000,
      si.map((prefix) => ` ${prefix}B/s`),
    ),
  },
  s: time(1),
  ms: time(1e-3),
  µs: time(1e-6),
  ns: time(1e-9),
  reqps: {
    sizes: sizes(
      1000,
      si.map((prefix) => `${prefix === '' ? '' : ` ${prefix}`} req/s`),
    ),
  },
  ops: {
    sizes: sizes(
      1000,
      si.map((prefix) => `${prefix === '' ? '' : ` ${prefix}`} ops/s`),
    ),
  },
  currencyJPY: { sizes: counts, prefix: '¥' },
  currencyUSD: { sizes: counts, prefix: '$' },
};

function unitOf(name: string | undefined): Unit {
  if (name === undefined || name === '') return plain('');
  return Object.hasOwn(units, name) ? (units[name] ?? plain('')) : plain(` ${cutLabel(name, 20)}`);
}

/**
 * A value in words: `1.5 GiB`, `¥12 K`, `3 min`. An unknown unit is written after the number.
 *
 * @param step distance of neighbouring values on an axis: enough decimals are shown to tell them apart
 */
export function formatValue(value: number | null | undefined, unitName: string | undefined, step?: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞';
  const unit = unitOf(unitName);
  const scaled = value * (unit.factor ?? 1);
  const size = sizeFor(unit, Math.abs(scaled));
  const number = decimals(
    Math.abs(scaled) / size.from,
    step === undefined ? undefined : (step * (unit.factor ?? 1)) / size.from,
  );
  const sign = scaled < 0 && Number(number) !== 0 ? '−' : '';
  return `${sign}${unit.prefix ?? ''}${number}${size.suffix}`;
}

/**
 * Distance of axis ticks for binary sizes and times.
 *
 * @param least the smallest distance there is room for
 * @returns undefined where round decimal numbers serve
 */
export function tickStepOf(unitName: string | undefined, least: number): number | undefined {
  const steps = unitOf(unitName).tickSteps;
  if (steps === undefined || least <= (steps[0] ?? 0) / 2) return undefined;
  return steps.find((step) => step >= least);
}

function sizeFor(unit: Unit, magnitude: number): Size {
  const first = unit.sizes[0] ?? { from: 1, suffix: '' };
  // Nothing has no size of its own; a second is what people expect of a time of 0.
  if (magnitude === 0) return unit.sizes.find(({ from }) => from === 1) ?? first;
  // 999.96 would be written as 1000 of the smaller size.
  return unit.sizes.findLast(({ from }) => magnitude >= from * 0.9995) ?? first;
}

function decimals(magnitude: number, step: number | undefined): string {
  if (step !== undefined && step > 0 && step < 1e-6 && magnitude > 0) {
    return magnitude.toExponential(Math.min(8, Math.max(0, Math.ceil(Math.log10(magnitude / step)))));
  }
  if (step !== undefined && step > 0) {
    const places = Math.min(8, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
    const tooFew = Math.abs(Number(magnitude.toFixed(places)) - magnitude) > step / 100;
    return trimmed(magnitude.toFixed(tooFew ? Math.min(8, places + 1) : places));
  }
  if (magnitude === 0) return '0';
  if (magnitude >= 1e15 || magnitude < 1e-6) return magnitude.toExponential(2);
  const places =
    magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 2 - Math.floor(Math.log10(magnitude));
  return trimmed(magnitude.toFixed(Math.min(8, places)));
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
