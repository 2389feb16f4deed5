import type { Dataset } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import { pageOf, scopeOfPage } from './web-link.ts';

/** The page of Sentry that shows a dataset, and the name of its search. */
const pages: Readonly<Record<Dataset, readonly [path: string, query: string]>> = {
  errors: ['/explore/discover/results/', 'query'],
  spans: ['/explore/traces/', 'query'],
  logs: ['/explore/logs/', 'logsQuery'],
  tracemetrics: ['/explore/metrics/', 'query'],
  profile_functions: ['/explore/profiling/', 'query'],
  uptime_results: ['/insights/uptime/', 'query'],
};

export interface PageOptions {
  readonly dataset: Dataset;
  readonly query: string;
  readonly fields: readonly string[];
  readonly sort?: string | undefined;
  readonly span: Span;
  readonly from: string;
  readonly to: string;
  readonly isSeries: boolean;
}

/** Where a person sees what a query asked for, as far as that page knows it. */
export function queryPage(scope: Scope, options: PageOptions): string {
  const { dataset, query, fields, sort, span, isSeries } = options;
  const [path, search] = pages[dataset];
  const columns = dataset === 'errors' || dataset === 'spans' ? fields : [];
  return pageOf(path, [
    ...(query === '' ? [] : [[search, query] as const]),
    ...scopeOfPage(scope, span, options),
    ...(dataset === 'errors' ? [['dataset', 'errors'] as const] : []),
    ...columns.map((field, index) => [isSeries && index === 0 ? 'yAxis' : 'field', field] as const),
    ...(sort === undefined ? [] : [['sort', sort] as const]),
  ]);
}
