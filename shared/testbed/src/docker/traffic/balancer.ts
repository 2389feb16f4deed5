import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { Replica } from './replicas.ts';

const patienceMs = 5000;

export interface Balancer {
  /** On loopback. */
  readonly port: number;
  stop(): void;
}

/**
 * A reverse proxy that asks `next` for each request where to send it, and tries only there: what an application loses is
 * not hidden by a retry. Nobody ready is 503, a refused or broken connection 502, no answer for 5 s 504.
 */
export async function startBalancer(port: number, next: () => Replica | undefined): Promise<Balancer> {
  const server: Server = createServer((incoming, outgoing) => {
    const replica = next();
    if (replica === undefined) refuse(outgoing, 503, 'nobody is ready');
    else forward(incoming, outgoing, replica, port);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the balancer has no port');
  return {
    port: address.port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, replica: Replica, port: number): void {
  const inner = request({ host: replica.address, port, path: incoming.url, agent: false, timeout: patienceMs });
  inner.once('timeout', () => {
    refuse(outgoing, 504, `${replica.name}: no answer`);
    inner.destroy();
  });
  inner.once('error', (error) => refuse(outgoing, 502, `${replica.name}: ${error.message}`));
  inner.once('response', (answer) => {
    const headers = { 'x-replica': replica.name, 'x-image': replica.image };
    outgoing.writeHead(answer.statusCode ?? 502, { ...headers, connection: 'close' });
    // an answer that breaks off must break off for the client too
    pipeline(answer, outgoing).catch(() => outgoing.destroy());
  });
  inner.end();
}

function refuse(outgoing: ServerResponse, status: number, text: string): void {
  if (outgoing.headersSent) outgoing.destroy();
  else outgoing.writeHead(status, { connection: 'close' }).end(text);
}
