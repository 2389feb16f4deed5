import type { Dataset } from '../../model/query.ts';

const everywhere = ['project', 'project.id', 'environment', 'release', 'timestamp', 'trace', 'user', 'count()'];
const of: Readonly<Record<Dataset, readonly string[]>> = {
  errors: [
    'issue',
    'issue.id',
    'title',
    'message',
    'level',
    'error.type',
    'error.value',
    'error.handled',
    'culprit',
    'transaction',
    'last_seen()',
    'count_unique(user)',
  ],
  spans: [
    'transaction',
    'span.op',
    'span.description',
    'span.duration',
    'span.self_time',
    'span.status',
    'is_transaction',
    'p95(span.duration)',
    'failure_rate()',
    'epm()',
  ],
  logs: ['message', 'severity', 'severity_number', 'trace'],
  tracemetrics: ['metric.name', 'metric.type', 'value', 'sum(value)', 'avg(value)'],
  profile_functions: ['function', 'package', 'is_application', 'p95(function.duration)'],
  uptime_results: ['check_status', 'http_status_code', 'check_duration_ms', 'region', 'subscription_id'],
};

/** Functions that every version has, without what they are given. */
export const knownFunctions: readonly string[] =
  'count count_unique count_if failure_rate failure_count epm eps apdex percentile p50 p75 p90 p95 p99 p100 avg sum min max last_seen first_seen'
    .split(' ')
    .map((name) => `${name}()`);

/** Names that a dataset has on every server; attributes of one's own are beside them. */
export function knownFields(dataset: Dataset): readonly string[] {
  return [...everywhere, ...of[dataset]];
}
