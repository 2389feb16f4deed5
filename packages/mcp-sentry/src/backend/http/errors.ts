import { bytes, connectionReason, duration, isToolError, ToolError } from '@cinecom/mcp-core';
import type { Endpoint } from './endpoint.ts';
import { notFound } from './not-found.ts';
import { retryAfterMs } from './retry.ts';
import { type PathParts, type RouteName, routes } from './routes.ts';
import type { Reply } from './send.ts';

const url = '--url (SENTRY_URL)';
/** Where a server is, as it may be told: never with credentials. */
export function addressOf({ base }: Pick<Endpoint, 'base'>): string {
  return base.toString().replace(/\/$/, '');
}

/** A connection that failed → `backend_unreachable`, naming what was tried and which setting would change it. */
export function connectionError(error: unknown, endpoint: Endpoint): unknown {
  if (isToolError(error) || !(error instanceof Error)) return error;
  const { why, isTls } = connectionReason(error);
  return new ToolError('backend_unreachable', `Sentry at ${addressOf(endpoint)} ${why}`, {
    hint: isTls
      ? 'Name its authority with --ca-file.'
      : `Check that it runs, ${url}, and HTTPS_PROXY where one is needed.`,
    cause: error,
  });
}

/** The proxy led nowhere, so nothing arrived. */
export function proxyRefused(endpoint: Endpoint, status: number | undefined): ToolError {
  const proxy = `the proxy leads to no Sentry at ${addressOf(endpoint)}`;
  return new ToolError('backend_unreachable', `${proxy}: it answered ${status ?? 'nothing'}`, {
    hint: 'Check HTTPS_PROXY, its user and its list of allowed hosts; NO_PROXY names hosts that are reached without it.',
    applied: 'no',
  });
}

export function redirected(endpoint: Endpoint, location: string | undefined): ToolError {
  return new ToolError('backend_error', `Sentry at ${addressOf(endpoint)} redirects elsewhere`, {
    hint: `Redirects are not followed, so that the token stays where it belongs. Set ${url} to where it leads, with its base path.`,
    ...(location === undefined ? {} : { backendText: location }),
  });
}

export function overLimit(limit: number): ToolError {
  return new ToolError('too_large', `the answer of Sentry is larger than ${bytes(limit)}`, {
    hint: 'Ask for less: fewer rows, a shorter span.',
  });
}

/** A page instead of an answer of the API. */
export function notTheApi({ headers, text }: Reply, endpoint: Endpoint): ToolError {
  const isPage = /html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text);
  const what = isPage ? 'a web page' : 'something else';
  return new ToolError('backend_error', `Sentry at ${addressOf(endpoint)} answered ${what} instead of its API`, {
    hint: `Check ${url}: host, port, base path, and any sign-in page or proxy in front of it.`,
  });
}

/** What was asked for. */
export interface Asked {
  readonly route: RouteName;
  readonly parts: PathParts;
}

/** An answer that is no success → an error of the catalogue. */
export function replyError(reply: Reply, endpoint: Endpoint, { route, parts }: Asked, now: number): ToolError {
  const { status } = reply;
  const [, , scope] = routes[route];
  const where = `Sentry at ${addressOf(endpoint)}`;
  const said = saidIn(reply.text);
  const text = said === undefined ? {} : { backendText: said };
  if (status === 401) {
    return new ToolError('backend_auth', `${where} refused the token`, { hint: 'Check SENTRY_AUTH_TOKEN.', ...text });
  }
  if (status === 403) {
    return new ToolError('backend_forbidden', `${where} forbids this: the token or its user lacks ${scope}`, {
      hint: `Give the token ${scope}; mcp-sentry check lists what is held and what is missing.`,
      ...text,
    });
  }
  if (status === 404) return notFound(where, { route, parts, said });
  if (status === 400) {
    return new ToolError('invalid_input', 'Sentry does not accept this', {
      hint: 'Its reason is quoted; correct the field or query that it names.',
      ...text,
    });
  }
  if (status === 409) return new ToolError('backend_conflict', `${where} is changing this already`, text);
  if (status === 413) return new ToolError('too_large', `${where} finds this too large`, text);
  if (status === 429) {
    const wait = retryAfterMs(reply.headers, now);
    return new ToolError('backend_rate_limited', `${where} asks to slow down${waitText(wait)}`, text);
  }
  if (status >= 500) {
    return new ToolError('backend_error', `${where} is not able to answer now (${status})`, {
      hint: 'Try again in a minute, with a shorter span.',
      ...text,
    });
  }
  return new ToolError('backend_error', `${where} answered ${status}`, text);
}

function waitText(wait: number | undefined): string {
  return wait === undefined ? '' : `: again in ${duration(Math.max(1000, wait))}`;
}

/** Sentry says why in `detail`, as text or as an object, or by field; a page says nothing worth quoting. */
function saidIn(text: string): string | undefined {
  if (/^\s*</.test(text)) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    const detail: unknown = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : body;
    if (typeof detail === 'string') return detail.slice(0, 300);
    if (typeof detail === 'object' && detail !== null && 'message' in detail && typeof detail.message === 'string') {
      return detail.message.slice(0, 300);
    }
    return JSON.stringify(detail).slice(0, 300);
  } catch {
    return text.trim() === '' ? undefined : text.trim().slice(0, 300);
  }
}
