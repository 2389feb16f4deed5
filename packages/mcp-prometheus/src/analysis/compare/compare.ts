import { labelKey, type Labels, type Series, type Span } from '@cinecom/promql';

/** Of the largest series: what is smaller on both sides is not worth a line. */
const floorShare = 0.01;

export interface Change {
  readonly figure: string;
  readonly labels: Labels;
  readonly before: number;
  readonly now: number;
  /** (now − before) / before; ±Infinity from nothing. */
  readonly ratio: number;
}

export interface Comparison {
  /** Largest relative change first. */
  readonly changes: readonly Change[];
  readonly appeared: readonly { readonly figure: string; readonly labels: Labels; readonly value: number }[];
  readonly vanished: readonly { readonly figure: string; readonly labels: Labels; readonly value: number }[];
  /** Below the floor on both sides. */
  readonly ignored: number;
}

/** Means of both windows: so a day of 23 or 25 hours is like any other. @param floor in the unit of the figure */
export function compareFigure(
  figure: string,
  now: readonly Series[],
  before: readonly Series[],
  floor?: number,
): Comparison {
  const [means, earlier] = [meansOf(now), meansOf(before)];
  const largest = Math.max(0, ...[...means.values(), ...earlier.values()].map(({ value }) => Math.abs(value)));
  const least = floor ?? floorShare * largest;
  const isSmall = (value: number): boolean => Math.abs(value) < least;
  const changes: Change[] = [];
  let ignored = 0;
  for (const [key, { labels, value }] of means) {
    const other = earlier.get(key);
    if (other === undefined) continue;
    if (isSmall(value) && isSmall(other.value)) ignored += 1;
    else changes.push({ figure, labels, before: other.value, now: value, ratio: ratioOf(other.value, value) });
  }
  const only = (here: typeof means, there: typeof means) =>
    [...here].filter(([key, { value }]) => !there.has(key) && !isSmall(value)).map(([, one]) => ({ figure, ...one }));
  return {
    changes: changes.toSorted((a, b) => Math.abs(b.ratio) - Math.abs(a.ratio)),
    appeared: only(means, earlier),
    vanished: only(earlier, means),
    ignored,
  };
}

/** Comparisons of several figures as one. */
export function mergeComparisons(all: readonly Comparison[]): Comparison {
  return {
    changes: all.flatMap(({ changes }) => changes).toSorted((a, b) => Math.abs(b.ratio) - Math.abs(a.ratio)),
    appeared: all.flatMap(({ appeared }) => appeared),
    vanished: all.flatMap(({ vanished }) => vanished),
    ignored: all.reduce((sum, { ignored }) => sum + ignored, 0),
  };
}

/** Hours of a window whose clock changes differ from the other's: averages are compared, never totals. */
export function clockNote(now: Span, before: Span): string | undefined {
  const difference = Math.round((now.end - now.start - (before.end - before.start)) / 60_000);
  return difference === 0
    ? undefined
    : `The windows differ by ${Math.abs(difference)} min by a change of the clock; means are compared.`;
}

function ratioOf(before: number, now: number): number {
  if (before === 0) return now === 0 ? 0 : Infinity * Math.sign(now);
  return (now - before) / Math.abs(before);
}

function meansOf(series: readonly Series[]): ReadonlyMap<string, { readonly labels: Labels; readonly value: number }> {
  return new Map(
    series.flatMap(({ labels, points }) => {
      const values = points.map(([, value]) => value).filter(Number.isFinite);
      if (values.length === 0) return [];
      const value = values.reduce((sum, one) => sum + one, 0) / values.length;
      return [[labelKey(labels), { labels, value }] as const];
    }),
  );
}
