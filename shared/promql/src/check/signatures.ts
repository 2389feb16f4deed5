/** Type of an expression; `any` is a variable or a function that is not known here. */
export type ValueType = 'vector' | 'matrix' | 'scalar' | 'string' | 'any';

export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last argument may be left out or, beyond the first, added; -1 for any number. */
  readonly variadic: number;
  readonly returns: ValueType;
  /** First version that has it; absent: older than 2.42. */
  readonly since?: string;
  /** First version that has it no more. */
  readonly until?: string;
}

const overVector =
  'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_count histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp';
const overRange =
  'absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time';
const ofDate = 'day_of_month day_of_week day_of_year days_in_month hour minute month year';

function signature(
  args: readonly ValueType[],
  rest: {
    readonly variadic?: number;
    readonly returns?: ValueType;
    readonly since?: string;
    readonly until?: string;
  } = {},
): Signature {
  return { variadic: 0, returns: 'vector', ...rest, args };
}

function each(names: string, of: Signature): readonly (readonly [string, Signature])[] {
  return names.split(' ').map((name) => [name, of] as const);
}

/**
 * Functions of Prometheus 2.42 to 3.x with what they take and give.
 * @see promql/parser/functions.go of Prometheus
 */
export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...each(overVector, signature(['vector'])),
  ...each(overRange, signature(['matrix'])),
  ...each(ofDate, signature(['vector'], { variadic: 1 })),
  ...each('clamp_max clamp_min', signature(['vector', 'scalar'])),
  ...each('time pi', signature([], { returns: 'scalar' })),
  ['clamp', signature(['vector', 'scalar', 'scalar'])],
  ['histogram_fraction', signature(['scalar', 'scalar', 'vector'])],
  ['histogram_quantile', signature(['scalar', 'vector'])],
  ['holt_winters', signature(['matrix', 'scalar', 'scalar'], { until: '3.0' })],
  ['label_replace', signature(['vector', 'string', 'string', 'string', 'string'])],
  ['label_join', signature(['vector', 'string', 'string', 'string'], { variadic: -1 })],
  ['predict_linear', signature(['matrix', 'scalar'])],
  ['quantile_over_time', signature(['scalar', 'matrix'])],
  ['round', signature(['vector', 'scalar'], { variadic: 1 })],
  ['scalar', signature(['vector'], { returns: 'scalar' })],
  ['vector', signature(['scalar'])],
  ...each('histogram_stddev histogram_stdvar', signature(['vector'], { since: '2.46' })),
  ['mad_over_time', signature(['matrix'], { since: '2.47' })],
  ...each('sort_by_label sort_by_label_desc', signature(['vector', 'string'], { variadic: -1, since: '2.50' })),
  ['histogram_avg', signature(['vector'], { since: '2.51' })],
  ['double_exponential_smoothing', signature(['matrix', 'scalar', 'scalar'], { since: '3.0' })],
  ['info', signature(['vector', 'vector'], { variadic: 1, since: '3.0' })],
  ...each('ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time', signature(['matrix'], { since: '3.5' })),
  ...each('first_over_time ts_of_first_over_time', signature(['matrix'], { since: '3.7' })),
  ...each('range step start end', signature([], { returns: 'scalar', since: '3.10' })),
  ['histogram_quantiles', signature(['vector', 'string', 'scalar', 'scalar'], { variadic: 9, since: '3.11' })],
  ['start_timestamp', signature(['vector'], { since: '3.12' })],
  ['integral', signature(['matrix', 'scalar'], { variadic: 1, since: '3.13' })],
]);

export interface AggregationShape {
  /** Type of the parameter before the vector; undefined where there is none. */
  readonly parameter?: ValueType;
  readonly since?: string;
}

/** Aggregation operators, by their lower-case names. */
export const aggregations: ReadonlyMap<string, AggregationShape> = new Map<string, AggregationShape>([
  ...'avg count group max min stddev stdvar sum'.split(' ').map((name) => [name, {}] as const),
  ...'bottomk quantile topk'.split(' ').map((name) => [name, { parameter: 'scalar' }] as const),
  ['count_values', { parameter: 'string' }],
  ...'limitk limit_ratio'.split(' ').map((name) => [name, { parameter: 'scalar', since: '3.0' }] as const),
]);
