import type { Series } from '@cinecom/promql';
import type { QueryAnswer } from '../model/query.ts';
import type { PrometheusBackend } from '../backend/port.ts';

/** Questions of one call at one moment, at most so many. */
export interface Asking {
  readonly at: number;
  /** UTC ms; `at` may be long before. */
  readonly now: number;
  readonly backend: PrometheusBackend;
  readonly signal: AbortSignal;
  /** Undefined where the questions are used up. */
  readonly instant: (query: string, at?: number) => Promise<QueryAnswer | undefined>;
  /** Series that a query has; 0 for none. */
  readonly count: (query: string, at?: number) => Promise<number | undefined>;
  /** Counts a question that is asked in another way. */
  readonly take: () => boolean;
  readonly isUsedUp: () => boolean;
  readonly asked: () => number;
}

/** Every question without a moment of its own is asked for `at`. */
export function createAsking(
  { backend, signal }: Pick<Asking, 'backend' | 'signal'>,
  { at, now, most }: { readonly at: number; readonly now: number; readonly most: number },
): Asking {
  let asked = 0;
  let refused = false;
  const take = (): boolean => {
    if (asked >= most) refused = true;
    else asked += 1;
    return !refused;
  };
  const instant: Asking['instant'] = async (query, moment = at) =>
    take() ? backend.instant(query, { at: moment }, signal) : undefined;
  return {
    at,
    now,
    backend,
    signal,
    take,
    instant,
    count: async (query, moment) => countOf((await instant(`count(${query})`, moment))?.series),
    isUsedUp: () => refused,
    asked: () => asked,
  };
}

function countOf(series: readonly Series[] | undefined): number | undefined {
  return series === undefined ? undefined : (series[0]?.points.at(-1)?.[1] ?? 0);
}
