import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { jsonHeaders, modernCall } from './notebook-http.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

/** One request exactly as written, `Host` and `Origin` too, over a connection of its own. */
export async function raw(options: RequestOptions & { readonly body?: string }): Promise<RawAnswer> {
  const { body, ...rest } = options;
  const send = rest.protocol === 'https:' ? requestTls : request;
  const outgoing = send({ host: '127.0.0.1', agent: false, ...rest });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const said = await text(incoming);
  const isJson = incoming.headers['content-type']?.includes('json') === true;
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text: said,
    json: isJson ? JSON.parse(said) : undefined,
  };
}

/** A modern call of `note_list`, with whatever headers. */
export function rawCall(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  options: RequestOptions = {},
): Promise<RawAnswer> {
  const call = modernCall('note_list');
  return raw({
    port,
    method: 'POST',
    path: '/mcp',
    ...options,
    headers: { ...jsonHeaders, ...call.headers, ...headers },
    body: JSON.stringify(call.body),
  });
}

/** A connection written to by hand. */
export async function openSocket(port: number): Promise<{ readonly socket: Socket; readonly all: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return { socket, all: text(socket) };
}
