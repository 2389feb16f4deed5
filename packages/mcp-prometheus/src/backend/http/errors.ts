import { bytes, connectionReason, isToolError, ToolError } from '@cinecom/mcp-core';
import type { Endpoint } from './endpoint.ts';
import type { Reply } from './send.ts';

const settingsOf = {
  Prometheus: { url: '--url (PROMETHEUS_URL)', token: 'PROMETHEUS_TOKEN or PROMETHEUS_USER and PROMETHEUS_PASSWORD' },
  Alertmanager: {
    url: '--alertmanager-url (ALERTMANAGER_URL)',
    token: 'ALERTMANAGER_TOKEN or ALERTMANAGER_USER and ALERTMANAGER_PASSWORD',
  },
} as const;

/** Where a server is, as it may be told: never with credentials. */
export function addressOf(endpoint: Endpoint): string {
  return endpoint.base.toString().replace(/\/$/, '');
}

/** A connection that failed → `backend_unreachable`, naming what was tried and which setting would change it. */
export function connectionError(error: unknown, endpoint: Endpoint): unknown {
  if (isToolError(error) || !(error instanceof Error)) return error;
  const { why, isTls } = connectionReason(error);
  return new ToolError('backend_unreachable', `${endpoint.label} at ${addressOf(endpoint)} ${why}`, {
    hint: isTls
      ? `Name its authority with ${endpoint.label === 'Prometheus' ? '--ca-file' : '--am-ca-file'}.`
      : `Check that it runs, and ${settingsOf[endpoint.label].url}.`,
    cause: error,
  });
}

export function redirected(endpoint: Endpoint, location: string | undefined): ToolError {
  return new ToolError('backend_error', `${endpoint.label} at ${addressOf(endpoint)} redirects elsewhere`, {
    hint: `Redirects are not followed, so that credentials stay where they belong. Set ${settingsOf[endpoint.label].url} to where it leads, with its sub-path.`,
    ...(location === undefined ? {} : { backendText: location }),
  });
}

export function overLimit(endpoint: Endpoint, limit: number): ToolError {
  return new ToolError('too_large', `the answer of ${endpoint.label} is larger than ${bytes(limit)}`, {
    hint: 'Ask for less: aggregate with sum by (…) or topk, a shorter span, a larger step.',
  });
}

/** An answer that is no success and that no caller knows better → an error of the catalogue. */
export function replyError(reply: Reply, endpoint: Endpoint, said: string | undefined): ToolError {
  const { status } = reply;
  const { url, token } = settingsOf[endpoint.label];
  const where = `${endpoint.label} at ${addressOf(endpoint)}`;
  const text = said === undefined ? {} : { backendText: said };
  if (status === 401)
    return new ToolError('backend_auth', `${where} refused the credentials`, { hint: `Check ${token}.`, ...text });
  if (status === 403) {
    return new ToolError('backend_forbidden', `${where} forbids this`, {
      hint: 'The proxy in front must pass /api/v1/* of Prometheus (but /api/v1/admin/*) and /api/v2/* of Alertmanager.',
      ...text,
    });
  }
  if (status === 404 || status === 405) {
    return new ToolError('backend_not_found', `${where} has no such address`, {
      hint: `Check the sub-path of ${url}; older versions lack some of the API.`,
      ...text,
    });
  }
  if (status === 429) return new ToolError('backend_rate_limited', `${where} asks to slow down`, text);
  if (status === 503 || status === 502 || status === 504) {
    return new ToolError('backend_error', `${where} is not able to answer now (${status})`, {
      hint: 'It may be starting or overloaded: try again, with a cheaper query.',
      ...text,
    });
  }
  return new ToolError('backend_error', `${where} answered ${status}`, text);
}

/** A page instead of an answer of the API. */
export function notTheApi(reply: Reply, endpoint: Endpoint): ToolError {
  const what = /html/i.test(reply.contentType) || /^\s*</.test(reply.text) ? 'a web page' : 'something else';
  return new ToolError(
    'backend_error',
    `${endpoint.label} at ${addressOf(endpoint)} answered ${what} instead of its API`,
    {
      hint: `Check ${settingsOf[endpoint.label].url}: host, port, sub-path, and any sign-in page in front of it.`,
    },
  );
}
