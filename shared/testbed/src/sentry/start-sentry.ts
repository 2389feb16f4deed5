import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerRequest, type ServerSettings } from './answer-request.ts';
import { dsnOf } from './answers/key.ts';
import { createClock } from './clock.ts';
import { createFaults, playFault } from './faults.ts';
import { allScopes, featuresOf } from './features.ts';
import { type Accepted, envelopeProject, receiveEnvelope } from './ingest/receive.ts';
import { openOracle } from './oracle/oracle.ts';
import type { Answer } from './route.ts';
import type { Fault, ReceivedEnvelope, RecordedRequest, SentryDouble, SentryOptions } from './types.ts';
import { createState } from './world/state.ts';
import { createWorld } from './world/world.ts';

const token = 'sntryu_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // recorded as it came; routes that want JSON refuse it
  }
}

/**
 * A Sentry server that lives in this process, answers as the real one does, and judges all it is asked.
 * It listens on 127.0.0.1 at a free port.
 */
export async function startSentry(options: SentryOptions = {}): Promise<SentryDouble> {
  const clock = createClock(options.now);
  const state = createState(clock);
  const [requests, envelopes, violations]: [RecordedRequest[], ReceivedEnvelope[], string[]] = [[], [], []];
  const faults = createFaults();
  const accepted: Accepted = new Map();
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  let change: ((body: unknown, path: string) => unknown) | undefined;
  let [origin, port] = ['', 0];

  const settings: ServerSettings = {
    state,
    clock,
    features: featuresOf(options),
    isSaas: options.mode !== 'self-hosted',
    scopes: options.scopes ?? allScopes,
    token,
    baseUrl: () => `${origin}${basePath}`,
    report: (violation) => void violations.push(violation),
  };

  const checkHost = (request: IncomingMessage): void => {
    const host = request.headers.host ?? '';
    const known = [`127.0.0.1:${port}`, `localhost:${port}`, ...(options.hosts ?? [])];
    if (!known.includes(host) && !known.includes(host.replace(/:\d+$/, '')))
      violations.push(`${request.method} ${request.url} came for host ${host}`);
  };

  const record = (
    request: IncomingMessage,
    url: URL,
    path: string,
    body: unknown,
    outcome: RecordedRequest['outcome'],
  ): void => {
    const { method = '', headers } = request;
    requests.push({ method, path, query: url.searchParams, body, headers, at: clock.now(), outcome });
  };

  const send = (response: ServerResponse, answer: Answer, path: string): void => {
    const changed = change && answer.body !== undefined ? change(structuredClone(answer.body), path) : answer.body;
    response.writeHead(answer.status ?? 200, {
      ...(changed === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...answer.headers,
    });
    response.end(changed === undefined ? undefined : JSON.stringify(changed));
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://double.invalid');
    const path = url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : undefined;
    checkHost(request);
    response.sendDate = false;
    response.setHeader('Date', new Date(clock.now()).toUTCString());
    const body = parseBody(raw.toString('utf8'));
    const method = request.method ?? '';
    if (path === undefined) {
      record(request, url, url.pathname, body, 404);
      violations.push(`${method} ${url.pathname} lies outside of the base path`);
      return void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not Found</h1>');
    }
    const fault: Fault | undefined = faults.take(method, path);
    const project = method === 'POST' ? envelopeProject(path) : undefined;
    const answerNow = (): Answer => {
      const query = url.searchParams;
      const { headers } = request;
      if (project !== undefined)
        return receiveEnvelope(state, { project, query, headers, body: raw }, accepted, (each) => envelopes.push(each));
      return answerRequest(settings, { method, path, query, body, authorization: headers.authorization });
    };
    if (fault) {
      const wanted = fault.after || fault.answer === 'truncate' ? answerNow().body : undefined;
      const outcome = playFault(fault.answer, response, wanted === undefined ? '' : JSON.stringify(wanted));
      return record(request, url, path, body, outcome);
    }
    const answer = answerNow();
    record(request, url, path, body, answer.status ?? 200);
    send(response, answer, path);
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    respond(request, response).catch((error: unknown) => {
      violations.push(`the double failed at ${request.method} ${request.url}: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  const server = options.tls ? createHttpsServer({ ...options.tls }, listener) : createHttpServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  origin = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;

  return {
    url: settings.baseUrl(),
    port,
    token,
    world: createWorld(state),
    requests,
    envelopes,
    violations,
    validates: openOracle() !== undefined,
    clock,
    fail: (fault) => faults.add(fault),
    mutate: (next) => {
      change = next;
    },
    dsn: (project, publicKey) => {
      const key = state.keys.find(
        (each) => each.project.slug === project && (publicKey === undefined || each.publicKey === publicKey),
      );
      if (!key) throw new Error(`the double has no such key of project ${project}`);
      return dsnOf(settings.baseUrl(), key);
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
