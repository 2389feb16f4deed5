import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../../gate/types.ts';
import type { HttpConfig } from './config.ts';
import type { Visitor } from './entrance.ts';
import type { McpEndpoint } from './mcp-endpoint.ts';
import { metadataPath } from './oauth/config.ts';
import type { Part } from './readiness.ts';
import { refusal, send, sendText } from './reply.ts';

/** Figures of this process in the form a scraper reads. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface Route {
  readonly methods: readonly string[];
  /** Whether a caller must show who it is. */
  readonly guarded: boolean;
  serve(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    visitor: Visitor,
    principal: Principal | undefined,
  ): Promise<void> | void;
}

const look = ['GET', 'HEAD'] as const;

/** Everything that is served, by path. */
export function createRoutes(options: {
  readonly config: HttpConfig;
  readonly title: string;
  readonly endpoint: McpEndpoint;
  readonly metrics: Metrics | undefined;
  readonly readiness: () => Promise<readonly Part[]>;
  readonly draining: () => boolean;
}): ReadonlyMap<string, Route> {
  const { config, endpoint, metrics } = options;
  const routes = new Map<string, Route>();
  routes.set('/mcp', {
    methods: ['POST'],
    guarded: true,
    serve(incoming, outgoing, { address }, principal) {
      if (!options.draining()) return endpoint.serve(incoming, outgoing, { principal: principal!, address });
      return send(outgoing, refusal(503, 'shutting_down', 'this server is stopping', { 'retry-after': '1' }));
    },
  });
  routes.set('/healthz', {
    methods: look,
    guarded: false,
    serve: (_incoming, outgoing) => send(outgoing, { status: 200, body: { status: 'ok' } }),
  });
  routes.set('/readyz', {
    methods: look,
    guarded: false,
    async serve(_incoming, outgoing) {
      const notReady = options.draining() ? ['shutting down'] : await options.readiness();
      if (notReady.length === 0) return send(outgoing, { status: 200, body: { status: 'ok' } });
      return send(outgoing, { status: 503, body: { status: 'not ready', notReady } });
    },
  });
  if (metrics !== undefined) {
    routes.set('/metrics', {
      methods: look,
      guarded: !config.loopback,
      serve: async (_incoming, outgoing) => sendText(outgoing, 200, metrics.contentType, await metrics.text()),
    });
  }
  const { oauth } = config;
  if (oauth !== undefined) {
    const metadata: Route = {
      methods: look,
      guarded: false,
      async serve(_incoming, outgoing, { base }) {
        const { resourceMetadata } = await import('./oauth/metadata.ts');
        send(outgoing, { status: 200, body: resourceMetadata(oauth, base, options.title) });
      },
    };
    routes.set(metadataPath, metadata);
    routes.set(`${metadataPath}/mcp`, metadata);
  }
  return routes;
}
