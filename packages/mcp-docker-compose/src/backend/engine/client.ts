import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import type { EngineHost } from '../host.ts';
import { engineError, Refusal } from './errors.ts';

const bodyLimitBytes = 16 * 1024 * 1024;
const answerMs = 20_000;
const sockets = 16;

export interface EngineRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Without a version: what the engine speaks by itself is what its answers are read as. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly signal: AbortSignal;
  /** 20 s unless said; of the whole answer, for `stream` of its beginning. */
  readonly timeoutMs?: number;
  /** The answer goes on for long: on a socket that no other request waits for. */
  readonly isLong?: boolean;
}

/** Requests to the engine: bounded in time and size, cancelled by their signal, errors as ToolError. */
export interface EngineClient {
  /** @returns parsed JSON; undefined for an empty answer */
  ask(request: EngineRequest): Promise<unknown>;
  /** The body as it comes; ends with its signal. */
  stream(request: EngineRequest): Promise<http.IncomingMessage>;
  close(): void;
}

export function createClient(host: EngineHost): EngineClient {
  const agent = createAgent(host, sockets);
  const longAgent = createAgent(host, Number.POSITIVE_INFINITY);

  async function within<Value>(
    request: EngineRequest,
    late: AbortSignal,
    work: (answer: http.IncomingMessage) => Promise<Value> | Value,
  ): Promise<Value> {
    const { signal, timeoutMs = answerMs, isLong = false } = request;
    try {
      return await work(
        await dial({ host, agent: isLong ? longAgent : agent }, request, AbortSignal.any([signal, late])),
      );
    } catch (error) {
      throw engineError(error, { host: host.address, signal, isLate: late.aborted, timeoutMs });
    }
  }

  return {
    async ask(request) {
      const body = await within(request, AbortSignal.timeout(request.timeoutMs ?? answerMs), readWhole);
      return body === '' ? undefined : parse(body);
    },
    async stream(request) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), request.timeoutMs ?? answerMs);
      return within(request, late.signal, (answer) => answer).finally(() => clearTimeout(timer));
    },
    close() {
      agent.destroy();
      longAgent.destroy();
    },
  };
}

interface Connection {
  readonly host: EngineHost;
  readonly agent: http.Agent;
}

/** @throws Refusal for a status from 400 on; the error of the socket */
function dial(
  { host, agent }: Connection,
  { method = 'GET', path, query = {}, body }: EngineRequest,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const parameters = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = parameters.length === 0 ? '' : `?${new URLSearchParams(parameters).toString()}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const { request } = host.certificates === undefined ? http : https;
  return new Promise((resolve, reject) => {
    const sent = request({ ...addressOf(host), agent, method, path: path + search, headers, signal });
    sent.once('error', reject);
    sent.once('response', (answer) => {
      const status = answer.statusCode ?? 0;
      if (status < 400) resolve(answer);
      else readWhole(answer).then((words) => reject(new Refusal(status, wordsOf(words))), reject);
    });
    sent.end(text);
  });
}

/** `{"message": "…"}` of the engine; a proxy may answer anything. */
function wordsOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message : body;
  } catch {
    return body.slice(0, 1000); // no JSON: the words of a proxy
  }
}

async function readWhole(answer: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) {
      answer.destroy();
      throw new ToolError('too_large', 'an answer of the engine exceeds 16 MiB', { hint: 'Ask for one service.' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ToolError('backend_error', 'what answers at --docker-host is no Docker engine', {
      hint: 'Set --docker-host to the address of an engine.',
      cause,
    });
  }
}

function addressOf({ address, certificates }: EngineHost): http.RequestOptions {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length) };
  const { hostname, port } = new URL(address);
  return { host: hostname, port: port === '' ? (certificates === undefined ? 2375 : 2376) : Number(port) };
}

function createAgent({ address, certificates }: EngineHost, maxSockets: number): http.Agent {
  // also of the connection below: one that is dead without a sign ends by it
  const common = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets };
  if (address.startsWith('unix://') || certificates === undefined) return new http.Agent(common);
  const read = (name: string): Buffer => readFileSync(join(certificates, name));
  try {
    return new https.Agent({ ...common, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') });
  } catch (cause) {
    throw new ToolError('not_configured', 'a certificate file for the engine cannot be read', {
      hint: 'Check DOCKER_CERT_PATH: ca.pem, cert.pem and key.pem.',
      cause,
    });
  }
}
