import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Runtime } from '../../call/runtime.ts';
import { createSdkServer } from '../sdk-server.ts';
import { type Exchange, noteRejected, watchErrors } from './exchange.ts';
import { longestBodyBytes, readBody } from './read-body.ts';
import { writeResponse } from './write-response.ts';

const keepAliveMs = 15_000;
const mostSubscriptions = 256;
const parseError = -32_700;
const invalidRequest = -32_600;

export interface McpEndpoint {
  /** Serves one POST. Closing the response cancels the call. Never rejects. */
  serve(incoming: IncomingMessage, outgoing: ServerResponse, exchange: Exchange): Promise<void>;
  /** Ends streams that are open only to hear of changes; calls go on. */
  endSubscriptions(): void;
  /** Ends calls in flight too. */
  close(): Promise<void>;
}

/**
 * Both protocol eras at one address, stateless: each request gets an SDK server of its own, so nothing of one caller can
 * reach another.
 *
 * The adaptation of `node:http` is written here rather than taken from `@modelcontextprotocol/node`: that brings a web
 * framework's server into every bundle, passes the token on to handlers, and leaves JSON calls silent until they end.
 *
 * @param cacheScope `private` where callers prove who they are
 */
export function createMcpEndpoint(runtime: Runtime, cacheScope: 'public' | 'private'): McpEndpoint {
  const exchanges = new WeakMap<Request, Exchange>();
  const subscriptions = new Set<AbortController>();
  const handler = createMcpHandler(
    ({ era, requestInfo }) => {
      const exchange = exchanges.get(requestInfo!)!;
      const { principal, address: ip } = exchange;
      const sdk = createSdkServer(runtime, era, { transport: 'http', ip, principal, cacheScope });
      const connect = sdk.connect.bind(sdk);
      sdk.connect = (transport) => {
        watchErrors(transport, runtime, exchange);
        return connect(transport);
      };
      return sdk;
    },
    {
      legacy: 'stateless',
      keepAliveMs,
      maxSubscriptions: mostSubscriptions,
      onerror: (error) => runtime.log('debug', `protocol: ${error.message}`),
    },
  );

  const answer = async (request: Request, body: Buffer | undefined, exchange: Exchange): Promise<Response> => {
    const refuse = async (status: number, code: number, message: string): Promise<Response> => {
      await noteRejected(runtime, exchange, message);
      return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
    };
    if (body === undefined) return refuse(413, invalidRequest, `the body is longer than ${longestBodyBytes} bytes`);
    const parsedBody = parsed(body);
    if (parsedBody === undefined) return refuse(400, parseError, 'Parse error: the body is not JSON');
    if (Array.isArray(parsedBody)) return refuse(400, invalidRequest, 'batches are not part of this protocol');
    exchanges.set(request, exchange);
    const response = await handler.fetch(request, { parsedBody });
    exchange.answered = true;
    if (response.status >= 400 && !request.signal.aborted) {
      await noteRejected(runtime, exchange, `answered with status ${response.status}`);
    }
    await exchange.recorded;
    return response;
  };

  return {
    async serve(incoming, outgoing, exchange) {
      const closed = new AbortController();
      const request = webRequest(incoming, closed.signal);
      // The closure keeps the request, through which alone its own signal hears of this one.
      outgoing.once('close', () => {
        if (!outgoing.writableFinished) closed.abort(request);
        subscriptions.delete(closed);
      });
      try {
        const body = await readBody(incoming);
        if (!incoming.complete) outgoing.setHeader('connection', 'close');
        if (request.headers.get('mcp-method') === 'subscriptions/listen') subscriptions.add(closed);
        const streams = request.headers.get('accept')?.includes('text/event-stream') === true;
        await writeResponse(outgoing, answer(request, body, exchange), streams ? keepAliveMs : undefined);
      } catch (error) {
        if (!outgoing.destroyed) runtime.log('error', `HTTP: ${String(error)}`);
        outgoing.destroy();
      }
    },
    endSubscriptions() {
      for (const one of subscriptions) one.abort();
    },
    close: () => handler.close(),
  };
}

/** Without the body, which is read once, and without the token and cookies, which are nobody's business further in. */
function webRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  return new Request('http://localhost/mcp', { method: 'POST', headers: protocolHeaders(incoming.headers), signal });
}

const passed = /^(?:accept|content-type|mcp-.+)$/;

function protocolHeaders(headers: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && passed.test(name) ? [[name, value]] : [],
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    // Neither JSON nor UTF-8: the sender only needs to know that.
    return undefined;
  }
}
