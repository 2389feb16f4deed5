import type { HistogramPoint, Labels, Point, Series } from '@cinecom/promql';
import type { QueryAnswer } from '../../model/query.ts';

/**
 * The `data` of a query. Values are strings on the wire, so that NaN and ±Inf can be told.
 * @throws TypeError for another shape, which then is a fault of whatever answered
 */
export function readQueryAnswer(data: unknown, warnings: readonly string[]): QueryAnswer {
  const { resultType, result } = record(data);
  if (resultType === 'vector') return { type: 'vector', series: array(result).map(instantSeries), warnings };
  if (resultType === 'matrix') return { type: 'matrix', series: array(result).map(rangeSeries), warnings };
  if (resultType === 'scalar') return { type: 'scalar', series: [{ labels: {}, points: [point(result)] }], warnings };
  if (resultType === 'string') return { type: 'string', series: [], text: String(array(result)[1]), warnings };
  throw new TypeError('a query result of an unknown type');
}

function instantSeries(value: unknown): Series {
  const { metric, value: sample, histogram } = record(value);
  if (histogram !== undefined) return { labels: labels(metric), points: [], histograms: [histogramPoint(histogram)] };
  return { labels: labels(metric), points: [point(sample)] };
}

function rangeSeries(value: unknown): Series {
  const { metric, values, histograms } = record(value);
  const points = values === undefined ? [] : array(values).map(point);
  if (histograms === undefined) return { labels: labels(metric), points };
  return { labels: labels(metric), points, histograms: array(histograms).map(histogramPoint) };
}

function point(value: unknown): Point {
  const [seconds, text] = array(value);
  return [Math.round(Number(seconds) * 1000), number(text)];
}

function histogramPoint(value: unknown): HistogramPoint {
  const [seconds, histogram] = array(value);
  const { count, sum } = record(histogram);
  return { at: Math.round(Number(seconds) * 1000), count: number(count), sum: number(sum) };
}

function number(text: unknown): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}

function labels(value: unknown): Labels {
  return record(value) as Labels;
}

function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('expected a list');
  return value;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('expected an object');
  return value as Readonly<Record<string, unknown>>;
}
