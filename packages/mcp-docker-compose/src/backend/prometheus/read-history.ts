import { isToolError, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { bucketMs, spreadOf } from '../../analysis/samples/bucket-of.ts';
import type { UsageBucket } from '../../model/samples.ts';

export interface PrometheusAddress {
  /** Without credentials. */
  readonly base: URL;
  readonly authorization: string | undefined;
}

export interface HistoryQuery {
  readonly project: string;
  readonly service: string;
  /** UTC ms. */
  readonly since: number;
  readonly until: number;
}

const answerMs = 30_000;
const bodyLimit = 32 * 1024 * 1024;

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

/** @param url of the settings; user and password in it become a header */
export function prometheusAddress(url: string): PrometheusAddress {
  const base = new URL(url);
  const { username, password } = base;
  base.username = '';
  base.password = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  if (username === '' && password === '') return { base, authorization: undefined };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/**
 * What the replicas of a service used, by the metrics of cAdvisor in steps of five minutes.
 *
 * @throws ToolError `backend_unreachable`, `backend_error` when Prometheus does not answer as one
 */
export async function readPrometheusHistory(
  address: PrometheusAddress,
  query: HistoryQuery,
  signal: AbortSignal,
): Promise<readonly UsageBucket[]> {
  const of = selectorOf(query);
  const each = (expression: string): string => `sum by (id, name) (${expression})`;
  const rate = (metric: string): string => each(`rate(container_${metric}_total${of}[5m])`);
  const [cores, memory, throttled] = await Promise.all([
    askRange(address, rate('cpu_usage_seconds'), query, signal),
    askRange(address, each(`max_over_time(container_memory_working_set_bytes${of}[5m])`), query, signal),
    askRange(address, `${rate('cpu_cfs_throttled_periods')} / ${rate('cpu_cfs_periods')}`, query, signal),
  ]);
  const times = [...new Set([...cores.keys(), ...memory.keys()])].toSorted((a, b) => a - b);
  return times.map((at) => {
    const used = cores.get(at) ?? [];
    const sizes = memory.get(at) ?? [];
    return {
      at: at - bucketMs,
      points: Math.max(used.length, sizes.length),
      ready: Math.max(used.length, sizes.length),
      cores: spreadOf(used),
      workingSetBytes: spreadOf(sizes),
      throttled: spreadOf(throttled.get(at) ?? []),
      totalCores: used.length === 0 ? undefined : used.reduce((sum, one) => sum + one, 0),
    };
  });
}

function selectorOf({ project, service }: HistoryQuery): string {
  const label = (name: string, value: string): string =>
    `container_label_com_docker_compose_${name}=${JSON.stringify(value)}`;
  return `{${label('project', project)},${label('service', service)}}`;
}

/** Values of all series at each time, UTC ms. */
async function askRange(
  address: PrometheusAddress,
  expression: string,
  { since, until }: HistoryQuery,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const body = new URLSearchParams({
    query: expression,
    start: String(Math.ceil(since / bucketMs) * (bucketMs / 1000)),
    end: String(Math.floor(until / bucketMs) * (bucketMs / 1000)),
    step: String(bucketMs / 1000),
  });
  const told = answerSchema.safeParse(await post(address, body, signal));
  if (!told.success) throw noPrometheus(told.error);
  const values = new Map<number, number[]>();
  for (const [seconds, text] of told.data.data.result.flatMap((series) => series.values)) {
    const value = Number(text);
    if (!Number.isFinite(value)) continue; // 0 ÷ 0 periods
    const at = Math.round(seconds * 1000);
    values.set(at, [...(values.get(at) ?? []), value]);
  }
  return values;
}

async function post(
  { base, authorization }: PrometheusAddress,
  body: URLSearchParams,
  signal: AbortSignal,
): Promise<unknown> {
  const late = AbortSignal.timeout(answerMs);
  try {
    const answer = await fetch(new URL('api/v1/query_range', base), {
      method: 'POST',
      body,
      headers: authorization === undefined ? {} : { authorization },
      redirect: 'error',
      signal: AbortSignal.any([signal, late]),
    });
    if (!answer.ok) throw refused(answer.status);
    return JSON.parse(await readCapped(answer)) as unknown;
  } catch (error) {
    if (signal.aborted || isToolError(error)) throw error;
    if (error instanceof SyntaxError) throw noPrometheus(error);
    throw new ToolError('backend_unreachable', 'Prometheus does not answer', {
      hint: 'Check --prometheus-url, or leave it out: then own samples are used.',
      cause: error,
    });
  }
}

async function readCapped(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > bodyLimit) {
      throw new ToolError('too_large', 'an answer of Prometheus exceeds 32 MiB', {
        hint: 'Ask for a shorter history.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refused(status: number): ToolError {
  if (status === 401 || status === 403) {
    return new ToolError('backend_auth', `Prometheus refuses the credentials (${status})`, {
      hint: 'Put user and password into --prometheus-url by its environment variable PROMETHEUS_URL.',
    });
  }
  return new ToolError('backend_error', `Prometheus answers ${status}`, { hint: 'Check --prometheus-url.' });
}

function noPrometheus(cause: unknown): ToolError {
  return new ToolError('backend_error', 'what answers at --prometheus-url is no Prometheus', {
    hint: 'Set it to the address that ends before /api/v1.',
    cause,
  });
}
