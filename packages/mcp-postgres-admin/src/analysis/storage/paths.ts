import { type Point, theilSen } from '@cinecom/mcp-core/stats';

/** So near to 1, in units of 1/n, a coefficient of detrended residuals is what a random walk has. */
const unitRoot = 18;

/** One possible future: growth a day of its trend, and the totals of the days to come. */
export interface Path {
  readonly slope: number;
  readonly totals: Float64Array;
}

export interface PathOptions {
  readonly count: number;
  readonly horizonDays: number;
  readonly random: () => number;
}

/**
 * Possible futures of a level that is read once a day.
 *
 * Around a Theil–Sen line what is left is an AR(1) process, its coefficient corrected for the bias that a fitted line
 * gives it (Kendall). Each path draws a history of the model anew, takes the line through it for how much the real line may
 * be off, and goes on from the last point with drawn innovations. Where the coefficient is that of a random walk, daily
 * steps are drawn instead, with a mean that is drawn as well: there is no line to return to.
 */
export function drawPaths(points: readonly Point[], options: PathOptions): readonly Path[] {
  const line = theilSen(points, { resamples: 1 });
  const rest = points.map(({ x, y }) => y - (line.intercept + line.slope * x));
  const raw = autocorrelation(rest);
  const { length } = points;
  if (raw > Math.max(0, 1 - unitRoot / length)) return walks(points, options);
  const rho = Math.max(0, raw + (2 + 4 * raw) / length);
  const drawn = rest.slice(1).map((value, index) => value - rho * rest[index]!);
  return lines({ points, line, rest, rho, innovations: centred(drawn, 2) }, options);
}

interface Model {
  readonly points: readonly Point[];
  readonly line: { readonly slope: number; readonly intercept: number };
  readonly rest: readonly number[];
  readonly rho: number;
  readonly innovations: readonly number[];
}

function lines(model: Model, { count, horizonDays, random }: PathOptions): readonly Path[] {
  const { points, line, rest, rho, innovations } = model;
  const last = points.at(-1)!.x;
  return Array.from({ length: count }, () => {
    const draw = (): number => innovations[Math.floor(random() * innovations.length)]!;
    let value = draw() / Math.sqrt(1 - rho * rho);
    const history = points.map(({ x }, index) => ({ x, y: index === 0 ? value : (value = rho * value + draw()) }));
    const anew = theilSen(history, { resamples: 1 });
    const off = anew.intercept + anew.slope * last;
    const slope = line.slope - anew.slope;
    const base = line.intercept + line.slope * last - off;
    let left = rest.at(-1)! + off;
    const totals = Float64Array.from({ length: horizonDays }, (_none, index) => {
      left = rho * left + draw();
      return base + slope * (index + 1) + left;
    });
    return { slope, totals };
  });
}

function walks(points: readonly Point[], { count, horizonDays, random }: PathOptions): readonly Path[] {
  const steps = points.slice(1).map(({ x, y }, index) => (y - points[index]!.y) / (x - points[index]!.x));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const innovations = centred(steps, 1);
  const last = points.at(-1)!.y;
  return Array.from({ length: count }, () => {
    const draw = (): number => innovations[Math.floor(random() * innovations.length)]!;
    const slope = mean - steps.reduce((sum) => sum + draw(), 0) / steps.length;
    let total = last;
    return { slope, totals: Float64Array.from({ length: horizonDays }, () => (total += slope + draw())) };
  });
}

/** Without their mean, and as wide as they were before `parameters` were fitted to them. */
function centred(values: readonly number[], parameters: number): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const wider = Math.sqrt(values.length / Math.max(1, values.length - parameters));
  return values.map((value) => (value - mean) * wider);
}

function autocorrelation(values: readonly number[]): number {
  let [product, square] = [0, 0];
  for (let index = 1; index < values.length; index += 1) {
    product += values[index]! * values[index - 1]!;
    square += values[index - 1]! ** 2;
  }
  return square > 0 ? product / square : 0;
}
