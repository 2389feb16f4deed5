import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import type DockerModem from 'docker-modem';
import type { EngineHost } from '../host.ts';
import { engineError } from './errors.ts';

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
}

/** Requests to the engine: bounded in time and size, cancelled by their signal, errors as ToolError. */
export interface EngineClient {
  /** @returns parsed JSON; undefined for an empty answer */
  ask(request: EngineRequest): Promise<unknown>;
  /** The body as it comes; ends with its signal. */
  stream(request: EngineRequest): Promise<http.IncomingMessage>;
  close(): void;
}

export async function createClient(host: EngineHost): Promise<EngineClient> {
  const { default: Modem } = await import('docker-modem');
  const agent = createAgent(host);
  const modem = new Modem({ ...addressOf(host), agent });

  async function within<Value>(
    request: EngineRequest,
    late: AbortSignal,
    work: (answer: http.IncomingMessage) => Promise<Value> | Value,
  ): Promise<Value> {
    const { signal, timeoutMs = answerMs } = request;
    try {
      return await work(await dial(modem, request, AbortSignal.any([signal, late])));
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
    close: () => agent.destroy(),
  };
}

function dial(
  modem: DockerModem,
  { method = 'GET', path, query = {}, body }: EngineRequest,
  abortSignal: AbortSignal,
): Promise<http.IncomingMessage> {
  const parameters = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = parameters.length === 0 ? '' : `?${new URLSearchParams(parameters).toString()}&`;
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        path: path + search,
        method,
        isStream: true,
        abortSignal,
        statusCodes: { 200: true, 201: true, 204: true, 304: true },
        ...(body === undefined ? {} : { options: { _query: {}, _body: body } }),
      },
      (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer as http.IncomingMessage)),
    );
  });
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

function addressOf({ address, certificates }: EngineHost): DockerModem.ConstructorOptions {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length), protocol: 'http' };
  const { hostname, port } = new URL(address);
  const isTls = certificates !== undefined;
  return { host: hostname, port: port === '' ? (isTls ? 2376 : 2375) : port, protocol: isTls ? 'https' : 'http' };
}

function createAgent({ address, certificates }: EngineHost): http.Agent {
  const common = { keepAlive: true, maxSockets: sockets };
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
