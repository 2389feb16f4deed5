import { ToolError } from '@cinecom/mcp-core';
import { notTheApi, replyError } from '../http/errors.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { type Reply, send } from '../http/send.ts';
import type { Sharing } from '../http/share.ts';

/** What `/api/v1` answered: `data` as it came, to be parsed by who asked. */
export interface ApiAnswer {
  readonly data: unknown;
  readonly warnings: readonly string[];
  /** Server's clock minus ours at the arrival, ms; undefined without a Date header. */
  readonly date: number | undefined;
}

export interface PrometheusApi {
  readonly endpoint: Endpoint;
  get(path: string, parameters: URLSearchParams, signal: AbortSignal): Promise<ApiAnswer>;
  /** Queries: their text can be longer than an address may be. */
  post(path: string, parameters: URLSearchParams, signal: AbortSignal): Promise<ApiAnswer>;
  /** Beside the API: `/-/ready`, `/-/reload`. */
  raw(method: 'GET' | 'POST', path: string, signal: AbortSignal): Promise<Reply>;
}

/** The HTTP API of Prometheus v1, errors translated. Equal requests in flight are one. */
export function createPrometheusApi(endpoint: Endpoint, timeoutMs: number, sharing: Sharing): PrometheusApi {
  const ask = (method: 'GET' | 'POST', path: string, parameters: URLSearchParams, signal: AbortSignal) =>
    sharing.share(`${method} ${path}?${parameters.toString()}`, signal, async (under) => {
      const outgoing = { method, path: `/api/v1/${path}`, parameters, timeoutMs, repeatable: true };
      return answerOf(await send(endpoint, outgoing, under), endpoint);
    });
  return {
    endpoint,
    get: (path, parameters, signal) => ask('GET', path, parameters, signal),
    post: (path, parameters, signal) => ask('POST', path, parameters, signal),
    raw: (method, path, signal) => send(endpoint, { method, path, timeoutMs, repeatable: method === 'GET' }, signal),
  };
}

function answerOf(reply: Reply, endpoint: Endpoint): ApiAnswer {
  const body = parse(reply.text);
  if (body === undefined)
    throw reply.status >= 400 ? replyError(reply, endpoint, undefined) : notTheApi(reply, endpoint);
  if (body.status === 'success') {
    const told = [...list(body.warnings), ...list(body.infos)];
    return { data: body.data, warnings: told, date: reply.date };
  }
  if (body.status !== 'error')
    throw reply.status >= 400 ? replyError(reply, endpoint, undefined) : notTheApi(reply, endpoint);
  throw refusal(reply, endpoint, text(body.errorType), text(body.error));
}

function refusal(reply: Reply, endpoint: Endpoint, type: string, said: string): ToolError {
  if (type === 'bad_data' && reply.status === 400) {
    return new ToolError('invalid_input', 'Prometheus does not accept this query', {
      hint: 'prom_explain_query shows the place and what would be right.',
      backendText: said,
    });
  }
  if (type === 'execution') {
    return new ToolError('backend_error', 'Prometheus could not evaluate this query', {
      hint: 'prom_explain_query tells what the query costs and what stands in its way.',
      backendText: said,
    });
  }
  if (type === 'timeout' || type === 'canceled') {
    return new ToolError('timeout', 'Prometheus gave up on this query', {
      hint: 'Ask for less: a shorter span, a larger step, an aggregation before the function.',
      backendText: said,
    });
  }
  return replyError(reply, endpoint, said);
}

interface Body {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly warnings?: unknown;
  readonly infos?: unknown;
}

function parse(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined; // no JSON, so not the API
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
