import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** One small JSON answer that is no MCP message. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: OutgoingHttpHeaders;
}

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function send(outgoing: ServerResponse, reply: Reply): void {
  sendText(outgoing, reply.status, 'application/json', `${JSON.stringify(reply.body)}\n`, reply.headers);
}

export function sendText(
  outgoing: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  outgoing.writeHead(status, {
    ...always,
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  outgoing.end(text);
}

/** In the form of OAuth errors, which clients show. */
export function refusal(status: number, error: string, description: string, headers?: OutgoingHttpHeaders): Reply {
  return { status, body: { error, error_description: description }, ...(headers === undefined ? {} : { headers }) };
}
