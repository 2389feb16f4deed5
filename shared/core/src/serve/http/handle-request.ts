import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Runtime } from '../../call/runtime.ts';
import type { Principal } from '../../gate/types.ts';
import { createAuthenticator } from './authenticate.ts';
import type { HttpConfig } from './config.ts';
import { enter, textOf, type Visitor } from './entrance.ts';
import { createFailures } from './failures.ts';
import { corsHeaders } from './origin-check.ts';
import { refusal, send } from './reply.ts';
import type { Route } from './routes.ts';

export type HandleRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** The doors of one request in their fixed order: address → Host → Origin → route → token; then the route serves it. */
export function createRequestHandler(options: {
  readonly runtime: Runtime;
  readonly config: HttpConfig;
  readonly secure: boolean;
  readonly routes: ReadonlyMap<string, Route>;
}): HandleRequest {
  const { runtime, config, routes } = options;
  const failures = createFailures(runtime.clock);
  const authenticate = createAuthenticator(runtime, config);

  const record = async (type: 'auth' | 'rejected', address: string, why: string) => {
    const { tooMany, unrecorded, retryAfterSeconds } = failures.count(address);
    if (!tooMany) {
      await runtime.note({
        type,
        origin: { transport: 'http', ip: address },
        outcome: { result: 'denied' },
        detail: { why, ...(unrecorded > 0 ? { unrecorded } : {}) },
      });
    }
    return { tooMany, retryAfterSeconds };
  };

  /** @returns undefined when it was refused and answered */
  const identify = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    visitor: Visitor,
  ): Promise<Principal | undefined> => {
    const found = await authenticate(incoming.headers.authorization, visitor);
    if (found.kind === 'caller') return found.principal;
    const { tooMany, retryAfterSeconds } = await record('auth', visitor.address, found.why);
    if (!tooMany && !found.failed) runtime.log('warn', `HTTP: a request was refused: ${found.why}`);
    const slower = refusal(429, 'too_many_attempts', 'too many requests of this address were refused', {
      'retry-after': String(retryAfterSeconds),
    });
    send(outgoing, tooMany && found.failed ? slower : found.reply);
    return undefined;
  };

  return async (incoming, outgoing) => {
    const entrance = enter(incoming, config, options.secure);
    if (entrance.kind === 'out') {
      await record('rejected', entrance.address, entrance.why);
      return send(outgoing, entrance.reply);
    }
    const { visitor } = entrance;
    const route = routes.get(pathOf(incoming.url));
    if (route === undefined) return send(outgoing, refusal(404, 'not_found', 'nothing is served here; MCP is at /mcp'));
    const { origin } = visitor;
    if (origin !== undefined) {
      const asked = textOf(incoming.headers['access-control-request-headers']) ?? '';
      const preflight = incoming.method === 'OPTIONS' ? { methods: route.methods, asked } : undefined;
      for (const [name, value] of Object.entries(corsHeaders(origin, preflight))) outgoing.setHeader(name, value);
      if (preflight !== undefined) return void outgoing.writeHead(204).end();
    }
    if (!route.methods.includes(incoming.method ?? '')) {
      const allow = route.methods.join(', ');
      return send(outgoing, refusal(405, 'method_not_allowed', `only ${allow} is served here`, { allow }));
    }
    if (!route.guarded) return route.serve(incoming, outgoing, visitor, undefined);
    const principal = await identify(incoming, outgoing, visitor);
    return principal && route.serve(incoming, outgoing, visitor, principal);
  };
}

function pathOf(url: string | undefined): string {
  return (url ?? '/').split('?', 1)[0] ?? '/';
}
