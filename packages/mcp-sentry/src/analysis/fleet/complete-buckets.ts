/**
 * Counts of the buckets that lie wholly in a span, added up over several series.
 *
 * @param all series of equal length; a value that is missing is 0
 * @param intervals beginnings of the buckets, UTC ms
 * @param bucketMs length of a bucket
 */
export function completeBuckets(
  all: readonly (readonly number[])[],
  intervals: readonly number[],
  span: { readonly start: number; readonly end: number },
  bucketMs: number,
): readonly number[] {
  return intervals.flatMap((at, index) => {
    if (at < span.start || at + bucketMs > span.end) return [];
    return [all.reduce((sum, series) => sum + (series[index] ?? 0), 0)];
  });
}
