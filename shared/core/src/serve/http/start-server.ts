import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Server as TlsServer, type TlsOptions } from 'node:tls';
import type { Runtime } from '../../call/runtime.ts';
import type { HttpConfig } from './config.ts';
import { createRequestHandler } from './handle-request.ts';
import { type ClientPatience, listen } from './listen.ts';
import { createMcpEndpoint } from './mcp-endpoint.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createRoutes, type Metrics } from './routes.ts';

const drainMs = 10_000;

/** How long clients may take, and calls when the server stops; shorter in tests. */
export interface Patience extends ClientPatience {
  readonly drainMs?: number;
}

export interface HttpOptions {
  readonly config: HttpConfig;
  readonly tls?: TlsOptions | undefined;
  /** Served at /metrics. */
  readonly metrics?: Metrics | undefined;
  /** Shared with whoever else asks, so that the backend is looked at once. */
  readonly readiness?: Readiness;
  readonly patience?: Patience;
}

export interface RunningHttp {
  /** `http://127.0.0.1:3000/mcp` */
  readonly url: string;
  readonly port: number;
  /** For connections to come; only for a server that was started with TLS. */
  useTls(tls: TlsOptions): void;
  /** Takes no new connection and no further call; /readyz says so. */
  stopIntake(): void;
  /** Resolves when all that was begun has been answered, at the latest after 10 s. */
  drained(): Promise<void>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Serves a runtime over HTTP. Rejects with Node's own error when the port cannot be had. */
export async function startHttpServer(runtime: Runtime, options: HttpOptions): Promise<RunningHttp> {
  const { config, tls } = options;
  const proven = config.tokens !== undefined || config.oauth !== undefined;
  const endpoint = createMcpEndpoint(runtime, proven ? 'private' : 'public');
  // Each call in flight listens to it, and over HTTP there may be more than the ten that Node takes for a leak.
  setMaxListeners(0, runtime.stopping);
  const open = new Set<ServerResponse>();
  const waiting: (() => void)[] = [];
  let draining = false;
  const routes = createRoutes({
    config,
    title: runtime.server.title,
    endpoint,
    metrics: options.metrics,
    readiness: options.readiness ?? createReadiness(runtime),
    draining: () => draining,
  });
  const handle = createRequestHandler({ runtime, config, secure: tls !== undefined, routes });
  const fault = (error: unknown): void => runtime.log('error', `HTTP: ${String(error)}`);
  const { server, host, port } = await listen(
    config,
    tls,
    (incoming, outgoing) => {
      open.add(outgoing);
      // What is written to a client that went away is nobody's fault.
      outgoing.on('error', () => undefined);
      if (draining) outgoing.setHeader('connection', 'close');
      outgoing.once('close', () => {
        open.delete(outgoing);
        if (open.size === 0) for (const resolve of waiting.splice(0)) resolve();
        // Its connection has just become idle; Node closes those only once, when it stops to listen.
        if (draining) setImmediate(() => server.closeIdleConnections());
      });
      return handle(incoming, outgoing);
    },
    fault,
    options.patience,
  );
  const ended = new Promise<void>((resolve) => server.once('close', resolve));
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${port}/mcp`,
    port,
    useTls(renewed) {
      if (server instanceof TlsServer) server.setSecureContext(renewed);
    },
    stopIntake() {
      draining = true;
      server.close();
      endpoint.endSubscriptions();
      for (const outgoing of open) if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
    },
    async drained() {
      if (open.size === 0) return;
      await Promise.race([
        new Promise<void>((resolve) => waiting.push(resolve)),
        within(options.patience?.drainMs ?? drainMs),
      ]);
    },
    async close() {
      draining = true;
      server.close();
      await endpoint.close();
      server.closeAllConnections();
      await ended;
    },
  };
}

function within(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
