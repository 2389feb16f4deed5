import { createServer, type Server as HttpServer, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { HandleRequest } from './handle-request.ts';

const headerBytes = 16 * 1024;
const headersMs = 10_000;
const bodyMs = 60_000;
/** Longer than balancers keep an idle connection, so that none sends a request into one that is being closed. */
const idleMs = 75_000;
const mostConnections = 2048;

export interface Listening {
  readonly server: HttpServer;
  readonly host: string;
  readonly port: number;
}

/** How long a client may take; shorter in tests. */
export interface ClientPatience {
  readonly headersMs?: number;
  readonly checkEveryMs?: number;
}

/** Listens; rejects with Node's own error when the port cannot be had. */
export function listen(
  at: { readonly host: string; readonly port: number },
  tls: TlsOptions | undefined,
  handle: HandleRequest,
  fault: (error: unknown) => void,
  patience: ClientPatience = {},
): Promise<Listening> {
  const options: ServerOptions = {
    maxHeaderSize: headerBytes,
    headersTimeout: patience.headersMs ?? headersMs,
    requestTimeout: bodyMs,
    connectionsCheckingInterval: patience.checkEveryMs ?? 1000,
    keepAliveTimeout: idleMs,
  };
  const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls });
  server.maxConnections = mostConnections;
  server.on('request', (incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      fault(error);
      outgoing.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject).on('error', fault);
      const { address, port } = server.address() as AddressInfo;
      resolve({ server, host: address, port });
    });
  });
}
