import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerRequest, type ServerSettings } from './answer-request.ts';
import { type Faults, playFault } from './faults.ts';
import { type Accepted, envelopeProject, receiveEnvelope } from './ingest/receive.ts';
import type { Answer } from './route.ts';
import type { ReceivedEnvelope, RecordedRequest } from './types.ts';

export interface ListenerSettings extends ServerSettings {
  readonly basePath: string;
  readonly faults: Faults;
  readonly requests: RecordedRequest[];
  readonly envelopes: ReceivedEnvelope[];
  /** host names, with or without port, that may appear in a request */
  hosts(): readonly string[];
  /** of answers, as a test asked for */
  change(body: unknown, path: string): unknown;
}

interface Received {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  /** without base path; undefined outside of it */
  readonly path: string | undefined;
  readonly raw: Buffer;
  readonly body: unknown;
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // recorded as it came; routes that want JSON refuse it
  }
}

async function receive(settings: ListenerSettings, request: IncomingMessage): Promise<Received> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const raw = Buffer.concat(parts);
  const url = new URL(request.url ?? '/', 'http://double.invalid');
  const { basePath } = settings;
  const path = url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : undefined;
  return { request, method: request.method ?? '', url, path, raw, body: parseBody(raw.toString('utf8')) };
}

function checkHost(settings: ListenerSettings, { request, method, url }: Received): void {
  const host = request.headers.host ?? '';
  const known = settings.hosts();
  if (!known.includes(host) && !known.includes(host.replace(/:\d+$/, '')))
    settings.report(`${method} ${url.pathname} came for host ${host}`);
}

function record(settings: ListenerSettings, received: Received, outcome: RecordedRequest['outcome']): void {
  const { request, method, url, body } = received;
  const path = received.path ?? url.pathname;
  const at = settings.clock.now();
  settings.requests.push({ method, path, query: url.searchParams, body, headers: request.headers, at, outcome });
}

function answerReceived(settings: ListenerSettings, received: Received, path: string, accepted: Accepted): Answer {
  const { request, method, body, raw } = received;
  const [query, { headers }] = [received.url.searchParams, request];
  const project = method === 'POST' ? envelopeProject(path) : undefined;
  if (project === undefined)
    return answerRequest(settings, { method, path, query, body, authorization: headers.authorization });
  const delivery = { project, query, headers, body: raw };
  return receiveEnvelope(settings.state, delivery, accepted, (each) => settings.envelopes.push(each));
}

function send(response: ServerResponse, answer: Answer, body: unknown): void {
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  response.writeHead(answer.status ?? 200, { ...type, ...answer.headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function respond(
  settings: ListenerSettings,
  accepted: Accepted,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const received = await receive(settings, request);
  const { method, path } = received;
  checkHost(settings, received);
  response.sendDate = false;
  response.setHeader('Date', new Date(settings.clock.now()).toUTCString());
  if (path === undefined) {
    record(settings, received, 404);
    settings.report(`${method} ${received.url.pathname} lies outside of the base path`);
    response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not Found</h1>');
    return;
  }
  const fault = settings.faults.take(method, path);
  if (fault) {
    const isCarriedOut = fault.after || fault.answer === 'truncate';
    const body = isCarriedOut ? answerReceived(settings, received, path, accepted).body : undefined;
    record(settings, received, playFault(fault.answer, response, body === undefined ? '' : JSON.stringify(body)));
    return;
  }
  const answer = answerReceived(settings, received, path, accepted);
  record(settings, received, answer.status ?? 200);
  send(response, answer, answer.body === undefined ? undefined : settings.change(answer.body, path));
}

/** Takes requests as the server's front does: reads, judges the host, plays faults, answers. */
export function createListener(settings: ListenerSettings): RequestListener {
  const accepted: Accepted = new Map();
  return (request, response) => {
    respond(settings, accepted, request, response).catch((error: unknown) => {
      settings.report(`the double failed at ${request.method} ${request.url}: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}
