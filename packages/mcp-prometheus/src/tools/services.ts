import {
  counted,
  findings,
  findingsReport,
  outside,
  percent,
  quote,
  renderFindings,
  table,
  ToolError,
} from '@cinecom/mcp-core';
import { quoteLabelValue, redExpressions, redMetrics, type RedSource, type Series } from '@cinecom/promql';
import * as z from 'zod';
import { judgeServices, serviceRows } from '../analysis/services/judge-services.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import { shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { readRedSource } from './red-source.ts';
import { matchersOf } from './selector.ts';
import { durationOf } from './times.ts';

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
const windowScrapes = 4;

export const services = defineTool({
  name: 'prom_services',
  title: 'Services',
  description:
    'Requests per second, error ratio and p50, p95, p99 latency of each service, against an hour and a week ago. Answers why a service fails or is slow.',
  searchHint: 'red method service latency error rate qps http grpc 5xx slow failing サービス エラー率 レイテンシ',
  risk: 'read',
  input: z.strictObject({
    service: z.string().min(1).max(200).optional().describe('one service, exact'),
    window: z.string().max(20).default('5m').describe('of rates'),
    by: z
      .string()
      .regex(/^[A-Za-z_]\w{0,99}$/, 'expected a label name')
      .optional()
      .describe('label of services'),
    selector: z.string().max(1000).optional().describe('{env="prod"}'),
    top: z.int().min(1).max(50).default(20),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    services: z.array(
      z.strictObject({
        service: outside(z.string()),
        rate: z.number().optional(),
        rateChange: z.string(),
        errorRatio: z.number().optional(),
        errorsHourAgo: z.number().optional(),
        p50: z.string(),
        p95: z.string(),
        p99: z.string(),
        p95Change: z.string(),
      }),
    ),
    total: z.int(),
    expressions: z.array(z.string()),
  }),
  async handle({ service, window, by, selector, top }, call) {
    const { backend, signal, clock } = call;
    const windowMs = durationOf('window', window, { least: '10s', most: '7d' });
    const source = await readRedSource({ backend, signal }, by);
    if (source === undefined) return nothingKnown();
    if (by !== undefined && source.service !== by) refuseLabel(source.service);
    const own = service === undefined ? '' : `${source.service}=${quoteLabelValue(service)}`;
    const matchers = [matchersOf('selector', selector), own].filter((part) => part !== '').join(', ');
    const expressions = redExpressions(source, matchers, window);
    const at = (ms: number) => readMoment(expressions, { backend, signal, at: clock.now() - ms });
    const [now, hourAgo, weekAgo, lastBucket, scrapeMs] = await Promise.all([
      at(0),
      at(hourMs),
      at(weekMs),
      lastFiniteBucket(source, backend, signal),
      scrapeInterval(backend, signal),
    ]);
    const reading = { label: source.service, now, hourAgo, weekAgo, lastBucket };
    const rows = serviceRows(reading);
    const narrow = windowMs < windowScrapes * scrapeMs;
    return {
      ...findings({
        summary: `${counted(rows.length, 'service')}, by ${source.requests}`,
        findings: judgeServices(reading, rows),
        notExamined: [
          ...(source.status === undefined ? [{ what: 'errors', why: 'the request metric tells no status' }] : []),
          ...(source.durations === undefined
            ? [{ what: 'latency', why: 'no duration histogram beside the requests' }]
            : []),
          ...(weekAgo.rate.length === 0 ? [{ what: 'a week ago', why: 'no history' }] : []),
          ...(narrow ? [{ what: 'rates', why: `the window is shorter than ${windowScrapes} scrapes` }] : []),
          ...(rows.length === 0 ? [{ what: 'services', why: 'no traffic matches', required: true }] : []),
        ],
        window: `now, rates of ${window}`,
      }),
      services: rows.slice(0, top).map((row) => ({ ...row })),
      total: rows.length,
      expressions: [expressions.rate, expressions.errorRatio, expressions.quantile(0.95)].filter(
        (one) => one !== undefined,
      ),
    };
  },
  render(report) {
    const rows = report.services.map((row) => ({
      service: row.service,
      'req/s': shownNumber(row.rate),
      change: row.rateChange,
      errors: row.errorRatio === undefined ? '' : percent(row.errorRatio),
      p50: row.p50,
      p95: row.p95,
      p99: row.p99,
      'p95 change': row.p95Change,
    }));
    const more = report.total > rows.length ? `\n${rows.length} of ${report.total} shown` : '';
    const used = report.expressions.map((one) => `- ${quote(one)}`).join('\n');
    const listed = table(rows, ['service', 'req/s', 'change', 'errors', 'p50', 'p95', 'p99', 'p95 change']);
    return `${renderFindings(report)}\n\n${listed}${more}${used === '' ? '' : `\n\nExpressions:\n${used}`}`;
  },
});

async function readMoment(
  expressions: ReturnType<typeof redExpressions>,
  { backend, signal, at }: { readonly backend: PrometheusBackend; readonly signal: AbortSignal; readonly at: number },
) {
  const ask = async (expr: string | undefined): Promise<readonly Series[]> =>
    expr === undefined ? [] : (await backend.instant(expr, { at }, signal)).series;
  const quantile = (q: number) => ask(expressions.quantile(q));
  const [rate, errorRatio, p50, p95, p99] = await Promise.all([
    ask(expressions.rate),
    ask(expressions.errorRatio),
    quantile(0.5),
    quantile(0.95),
    quantile(0.99),
  ]);
  return { rate, errorRatio, p50, p95, p99 };
}

async function lastFiniteBucket(
  { durations }: RedSource,
  backend: PrometheusBackend,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (durations?.kind !== 'classic') return undefined;
  const { series } = await backend.instant(`count by (le) (${durations.metric})`, {}, signal);
  const bounds = series.map(({ labels }) => Number(labels.le)).filter(Number.isFinite);
  return bounds.length === 0 ? undefined : Math.max(...bounds);
}

/** The longest interval of any target: a window must hold several of it. */
async function scrapeInterval(backend: PrometheusBackend, signal: AbortSignal): Promise<number> {
  return (await backend.targets(signal)).reduce((most, { scrapeIntervalMs }) => Math.max(most, scrapeIntervalMs), 0);
}

function refuseLabel(used: string): never {
  throw new ToolError('invalid_input', 'by is no label of the request metric', { hint: `Left out, ${used} is taken.` });
}

function nothingKnown(): never {
  throw new ToolError('backend_not_found', 'no request metric is known here', {
    hint: `Looked for ${redMetrics.filter((name) => !name.endsWith('_bucket')).join(', ')}. prom_find_metrics finds others for prom_query.`,
  });
}
