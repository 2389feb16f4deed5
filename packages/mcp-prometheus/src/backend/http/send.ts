import * as http from 'node:http';
import * as https from 'node:https';
import { ToolError } from '@cinecom/mcp-core';
import { connectionError, overLimit, redirected } from './errors.ts';
import type { Endpoint } from './endpoint.ts';

const largestReplyBytes = 32 * 1024 * 1024;

export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base address, beginning with a slash. */
  readonly path: string;
  /** Sent as a form in a POST, as the query string in a GET. */
  readonly parameters?: URLSearchParams;
  /** Sent as JSON instead of a form. */
  readonly json?: unknown;
  readonly timeoutMs: number;
  /** A request that may be repeated when a kept connection was closed under it. */
  readonly repeatable: boolean;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  /** Of the server's clock, UTC ms; undefined where it sent none. */
  readonly date: number | undefined;
}

/**
 * One request and its whole reply. Redirects are not followed: credentials go to the configured origin only.
 * @throws ToolError `backend_unreachable`, `timeout`, `too_large`; whatever the signal was aborted with
 */
export async function send(endpoint: Endpoint, outgoing: Outgoing, signal: AbortSignal): Promise<Reply> {
  const patience = AbortSignal.timeout(outgoing.timeoutMs);
  const under = AbortSignal.any([signal, patience]);
  try {
    return await exchange(endpoint, outgoing, under);
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) throw slow(endpoint, outgoing.timeoutMs, error);
    throw connectionError(error, endpoint);
  }
}

async function exchange(endpoint: Endpoint, outgoing: Outgoing, signal: AbortSignal): Promise<Reply> {
  try {
    return await once(endpoint, outgoing, signal);
  } catch (error) {
    // The server closed a kept connection just as it was taken again: the request never arrived.
    if (!outgoing.repeatable || signal.aborted || !(error instanceof ClosedUnderway)) throw error;
    return await once(endpoint, outgoing, signal);
  }
}

class ClosedUnderway extends Error {
  readonly code = 'ECONNRESET';
}

function once(endpoint: Endpoint, outgoing: Outgoing, signal: AbortSignal): Promise<Reply> {
  const { method, path, parameters, json } = outgoing;
  const url = new URL(endpoint.base);
  url.pathname = `${endpoint.base.pathname.replace(/\/$/, '')}${path}`;
  if (method !== 'POST' && parameters !== undefined) url.search = parameters.toString();
  const body =
    json !== undefined ? JSON.stringify(json) : method === 'POST' ? (parameters?.toString() ?? '') : undefined;
  const headers = {
    accept: 'application/json',
    ...endpoint.headers(),
    ...(body === undefined
      ? {}
      : {
          'content-type': json === undefined ? 'application/x-www-form-urlencoded' : 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
  };
  return new Promise((resolve, reject) => {
    const driver = url.protocol === 'https:' ? https : http;
    const request = driver.request(url, { method, headers, agent: endpoint.agent, signal }, (response) => {
      receive(response, endpoint).then(resolve, (error: unknown) => {
        response.destroy();
        reject(error);
      });
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      reject(request.reusedSocket && error.code === 'ECONNRESET' ? new ClosedUnderway(error.message) : error);
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
    if (size > largestReplyBytes) throw overLimit(endpoint, largestReplyBytes);
    chunks.push(chunk);
  }
  const date = Date.parse(response.headers.date ?? '');
  return {
    status,
    text: Buffer.concat(chunks).toString('utf8'),
    contentType: response.headers['content-type'] ?? '',
    date: Number.isNaN(date) ? undefined : date,
  };
}

function slow(endpoint: Endpoint, timeoutMs: number, cause: unknown): ToolError {
  return new ToolError('timeout', `${endpoint.label} did not answer within ${timeoutMs / 1000} s`, {
    hint: 'Ask for less: a shorter span, a larger step, fewer series. --request-timeout gives it longer.',
    cause,
  });
}
