import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Client } from '@modelcontextprotocol/client';
import { join } from 'node:path';
import { readLog } from '../../src/audit/index.ts';
import type { AuditEvent } from '../../src/audit/types.ts';
import type { Providers } from '../../src/call/parts.ts';
import { createProviders } from '../../src/call/providers.ts';
import { createRuntime, type Runtime } from '../../src/call/runtime.ts';
import type { Clock } from '../../src/define/call.ts';
import { systemClock } from '../../src/define/call.ts';
import type { Server } from '../../src/define/server.ts';
import type { Patience } from '../../src/serve/http/start-server.ts';
import type { Metrics } from '../../src/serve/http/routes.ts';
import { readSettings } from '../../src/serve/http/read-settings.ts';
import { type RunningHttp, startHttpServer } from '../../src/serve/http/start-server.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { mergeSettings } from '../../src/settings/merge.ts';
import { connectClient, type ElicitHandler, type Era } from '../../src/testing/client.ts';
import { tempState } from '../../src/testing/temp-state.ts';
import { createNotebook, type Notebook, notebookServer } from '../fixtures/notebook.ts';

export interface NotebookHttp {
  readonly http: RunningHttp;
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly notebook: Notebook;
  readonly runtime: Runtime;
  /** A client of one era; given a token it sends it with each request. */
  client(era: Era, token?: string, elicit?: ElicitHandler): Promise<Client>;
  /** One POST of a modern `tools/call`, without a client. */
  post(body: unknown, headers?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Response>;
  events(): Promise<readonly AuditEvent[]>;
  stderr(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface NotebookHttpOptions {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly patience?: Patience;
  readonly metrics?: Metrics;
  /** Replaces single parts. */
  readonly replace?: (real: Providers) => Partial<Providers>;
  /** Another server around the notebook. */
  readonly server?: (notebook: Notebook) => Server;
}

/** The notebook over a real socket of its own on loopback. */
export async function startNotebook(options: NotebookHttpOptions = {}): Promise<NotebookHttp> {
  const { clock = systemClock } = options;
  const state = await tempState();
  const env = { ...state.env, ...options.env };
  const notebook = createNotebook();
  const server = (options.server ?? notebookServer)(notebook);
  const loaded = await loadSettings(mergeSettings(server.settings), {
    argv: ['--transport', 'http', '--port', '0', ...(options.argv ?? [])],
    env,
    cwd: state.dir,
    server: server.name,
  });
  const read = await readSettings(loaded, { cwd: state.dir, env });
  if (read.kind === 'problems') {
    await state.remove();
    throw new Error(read.problems.map(({ text, fix }) => `${text}. ${fix}`).join('\n'));
  }
  const lines: string[] = [];
  const real = createProviders({ server, loaded, env, clock, fault: () => undefined });
  const providers = { ...real, ...options.replace?.(real) };
  const runtime = createRuntime(server, loaded, { clock, providers, writeLog: (line) => lines.push(line) });
  const http = await startHttpServer(runtime, { ...options, config: read.config, tls: read.tls });
  const clients: Client[] = [];
  const events = async (): Promise<AuditEvent[]> => {
    const found: AuditEvent[] = [];
    for await (const { event } of readLog({ dir: join(state.dir, server.name, 'audit') })) found.push(event);
    return found;
  };
  return {
    http,
    url: http.url,
    origin: new URL(http.url).origin,
    port: http.port,
    notebook,
    runtime,
    events,
    stderr: () => lines.join(''),
    async client(era, token, elicit) {
      const requestInit = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
      const transport = new StreamableHTTPClientTransport(new URL(http.url), { requestInit });
      const client = await connectClient(transport, { era, elicit });
      clients.push(client);
      return client;
    },
    post: (body, headers = {}, signal) =>
      fetch(http.url, {
        method: 'POST',
        headers: { ...jsonHeaders, ...headers },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      await http.close();
      await runtime.close('test ended');
      await state.remove();
    },
  };
}

export const jsonHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** A modern call, with the headers that go with it. */
export function modernCall(name: string, args: Readonly<Record<string, unknown>> = {}, id: string | number = 1) {
  const body = {
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: {
      name,
      arguments: args,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name };
  return { body, headers };
}
