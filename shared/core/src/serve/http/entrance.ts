import type { IncomingMessage } from 'node:http';
import { clientAddress } from './client-address.ts';
import type { HttpConfig } from './config.ts';
import { isOwnHost } from './host-check.ts';
import { isAllowedOrigin } from './origin-check.ts';
import { refusal, type Reply } from './reply.ts';

/** A request that came through the doors which need no token. */
export interface Visitor {
  readonly address: string;
  /** Scheme and host it used: `http://127.0.0.1:3000`. */
  readonly base: string;
  /** Of a browser whose origin is allowed. */
  readonly origin: string | undefined;
}

export type Entrance =
  | { readonly kind: 'in'; readonly visitor: Visitor }
  /** `why` is recorded; it holds nothing of what the client sent. */
  | { readonly kind: 'out'; readonly address: string; readonly why: string; readonly reply: Reply };

/**
 * Client address → Host → Origin, in this order; each is refused with 403. A client certificate, where one is demanded,
 * was checked before any of them: without it there is no connection to speak over.
 */
export function enter(incoming: IncomingMessage, config: HttpConfig, secure: boolean): Entrance {
  const { headers, socket } = incoming;
  const remote = socket.remoteAddress ?? '';
  const address = clientAddress(remote, textOf(headers['x-forwarded-for']), config.trustProxy);
  const out = (why: string, description: string): Entrance => ({
    kind: 'out',
    address: address ?? remote,
    why,
    reply: refusal(403, 'forbidden', description),
  });
  if (address === undefined) return out('address', 'the proxy names no client address');
  if (config.allowFrom !== undefined && !config.allowFrom.has(address)) {
    return out('address', 'this client address is not served; an operator adds it to --allow-from');
  }
  if (!isOwnHost(headers.host, socket.localAddress ?? '', config.allowedHosts)) {
    return out('host', 'this Host is not served; an operator adds its name to --allowed-hosts');
  }
  const base = `${secure ? 'https' : 'http'}://${headers.host?.toLowerCase()}`;
  const { origin } = headers;
  if (origin !== undefined && !isAllowedOrigin(origin, base, config.allowedOrigins)) {
    return out('origin', 'this Origin is not served; an operator adds it to --allowed-origins');
  }
  return { kind: 'in', visitor: { address, base, origin } };
}

/** A header that may come several times. */
export function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join(', ') : header;
}
