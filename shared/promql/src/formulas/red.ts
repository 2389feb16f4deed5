import { withMatchers } from './selector.ts';

/** A family of request metrics and what its exporters call things. */
interface RequestFamily {
  /** Counter of requests. */
  readonly requests: string;
  /** Base name of its durations; classic buckets end with `_bucket`. */
  readonly durations?: string;
  readonly errors: string;
}

const httpErrors = '5..';
// the codes that are the server's fault: a client that sends nonsense is no failure of the service
const grpcErrors = 'Unknown|DeadlineExceeded|Internal|Unavailable|DataLoss';

/** In the order in which they are looked for. */
const families: readonly RequestFamily[] = [
  { requests: 'http_requests_total', durations: 'http_request_duration_seconds', errors: httpErrors },
  { requests: 'http_server_requests_total', durations: 'http_server_requests_seconds', errors: httpErrors },
  { requests: 'http_server_requests_seconds_count', durations: 'http_server_requests_seconds', errors: httpErrors },
  { requests: 'http_request_duration_seconds_count', durations: 'http_request_duration_seconds', errors: httpErrors },
  {
    requests: 'http_server_request_duration_seconds_count',
    durations: 'http_server_request_duration_seconds',
    errors: httpErrors,
  },
  { requests: 'grpc_server_handled_total', durations: 'grpc_server_handling_seconds', errors: grpcErrors },
];

export const serviceLabels = ['service', 'job', 'app', 'handler'] as const;
export const statusLabels = ['status', 'code', 'status_code', 'http_response_status_code', 'grpc_code'] as const;

/** Every metric that RED figures may rest on: ask which of them exist. */
export const redMetrics: readonly string[] = [
  ...new Set(
    families.flatMap(({ requests, durations }) =>
      durations === undefined ? [requests] : [requests, `${durations}_bucket`, durations],
    ),
  ),
];

/** Where a server's RED figures come from. */
export interface RedSource {
  readonly requests: string;
  readonly service: string;
  /** Undefined where the metric tells no outcome: then there is no error ratio. */
  readonly status: string | undefined;
  readonly errors: string;
  readonly durations: { readonly metric: string; readonly kind: 'classic' | 'native' } | undefined;
}

/**
 * The first family of request metrics that exists.
 * @param labelsOf label names by metric that exists now
 * @param by service label that the caller wants, if its metric has it
 */
export function chooseRed(labelsOf: ReadonlyMap<string, readonly string[]>, by?: string): RedSource | undefined {
  const family = families.find(({ requests }) => labelsOf.has(requests));
  if (family === undefined) return undefined;
  const labels = labelsOf.get(family.requests) ?? [];
  const wanted = by !== undefined && labels.includes(by) ? by : undefined;
  return {
    requests: family.requests,
    service: wanted ?? serviceLabels.find((label) => labels.includes(label)) ?? 'job',
    status: statusLabels.find((label) => labels.includes(label)),
    errors: family.errors,
    durations: durationsOf(family, labelsOf),
  };
}

function durationsOf(
  { durations }: RequestFamily,
  labelsOf: ReadonlyMap<string, readonly string[]>,
): RedSource['durations'] {
  if (durations === undefined) return undefined;
  if (labelsOf.has(`${durations}_bucket`)) return { metric: `${durations}_bucket`, kind: 'classic' };
  return labelsOf.has(durations) ? { metric: durations, kind: 'native' } : undefined;
}

export interface RedExpressions {
  /** Requests per second by service. */
  readonly rate: string;
  /** Errors of all requests, 0–1; 0 where there is traffic without errors, absent where there is no traffic. */
  readonly errorRatio: string | undefined;
  /** Seconds that the share `q` of the requests took at most. */
  quantile(q: number): string | undefined;
}

/** @param selector further matchers without braces; @param window at least four scrape intervals */
export function redExpressions(source: RedSource, selector: string, window: string): RedExpressions {
  const { requests, service, status, errors, durations } = source;
  const rateOf = (metric: string, by: string, ...matchers: readonly string[]) =>
    `sum by (${by}) (rate(${withMatchers(metric, ...matchers, selector)}[${window}]))`;
  const rate = rateOf(requests, service);
  return {
    rate,
    errorRatio:
      status === undefined
        ? undefined
        : `(${rateOf(requests, service, `${status}=~"${errors}"`)} or 0 * ${rate}) / (${rate} > 0)`,
    quantile(q) {
      if (durations === undefined) return undefined;
      const by = durations.kind === 'classic' ? `le, ${service}` : service;
      return `histogram_quantile(${q}, ${rateOf(durations.metric, by)})`;
    },
  };
}
