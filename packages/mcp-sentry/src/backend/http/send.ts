import * as http from 'node:http';
import * as https from 'node:https';
import { ToolError } from '@cinecom/mcp-core';
import type { Endpoint } from './endpoint.ts';
import { connectionError, overLimit, proxyRefused, redirected } from './errors.ts';

const largestReplyBytes = 32 * 1024 * 1024;

export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the base address, beginning with a slash, its segments encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly json?: unknown;
  readonly timeoutMs: number;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: http.IncomingHttpHeaders;
}

/**
 * One request and its whole reply. Redirects are not followed: the token goes to the configured hosts only.
 * @throws ToolError `backend_unreachable`, `timeout`, `too_large`; whatever the signal was aborted with
 */
export async function send(endpoint: Endpoint, outgoing: Outgoing, signal: AbortSignal): Promise<Reply> {
  const patience = AbortSignal.timeout(outgoing.timeoutMs);
  try {
    return await exchange(endpoint, outgoing, AbortSignal.any([signal, patience]));
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) throw slow(outgoing, error);
    throw connectionError(error, endpoint);
  }
}

function exchange(endpoint: Endpoint, outgoing: Outgoing, signal: AbortSignal): Promise<Reply> {
  const url = new URL(endpoint.base);
  url.pathname = `${endpoint.base.pathname.replace(/\/$/, '')}${outgoing.path}`;
  url.search = outgoing.query.toString();
  const body = outgoing.json === undefined ? undefined : JSON.stringify(outgoing.json);
  const headers = {
    accept: 'application/json',
    'user-agent': 'mcp-sentry',
    ...endpoint.headers(),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
  return new Promise((resolve, reject) => {
    const driver = url.protocol === 'https:' ? https : http;
    const { method } = outgoing;
    const request = driver.request(
      url,
      { method, headers, agent: endpoint.agent, signal, ...endpoint.trust },
      (response) => {
        receive(response, endpoint).then(resolve, (error: unknown) => {
          response.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      },
    );
    request.once('error', reject);
    // what a proxy says is handed on as if Sentry had said it
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
      if (statusCode !== 200) reject(proxyRefused(endpoint, statusCode));
    });
    request.end(body);
  });
}

async function receive(response: http.IncomingMessage, endpoint: Endpoint): Promise<Reply> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) throw redirected(endpoint, response.headers.location);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestReplyBytes) throw overLimit(largestReplyBytes);
    chunks.push(chunk);
  }
  return { status, text: Buffer.concat(chunks).toString('utf8'), headers: response.headers };
}

function slow({ method, timeoutMs }: Outgoing, cause: unknown): ToolError {
  return new ToolError('timeout', `Sentry did not answer within ${timeoutMs / 1000} s`, {
    hint: 'Ask for less: a shorter span, fewer projects. --request-timeout gives it longer.',
    applied: method === 'GET' ? 'no' : 'unknown',
    cause,
  });
}
