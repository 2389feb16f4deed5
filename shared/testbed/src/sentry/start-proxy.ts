import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface Proxy {
  /** http://127.0.0.1:PORT, as `HTTPS_PROXY` takes it */
  readonly url: string;
  /** `host:port` of each CONNECT, in order, refused ones too */
  readonly connects: readonly string[];
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

function join(client: Socket, port: number, head: Buffer): Socket {
  const upstream = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(client);
    client.pipe(upstream);
  });
  // either end may go at any time; then so does the other
  upstream.on('error', () => client.destroy());
  client.on('error', () => upstream.destroy());
  return upstream;
}

/**
 * An HTTP proxy on loopback that leads `host:port` names to local ports and refuses all others by 403,
 * so that a test can speak to `https://sentry.io` without leaving the machine.
 */
export async function startProxy(targets: Readonly<Record<string, number>>): Promise<Proxy> {
  const [connects, refused]: [string[], string[]] = [[], []];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    refused.push(`${request.method} ${request.url}`);
    response.writeHead(403).end('only CONNECT');
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    const name = request.url ?? '';
    connects.push(name);
    const port = Object.hasOwn(targets, name) ? targets[name] : undefined;
    if (port === undefined) {
      refused.push(name);
      client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const upstream = join(client, port, head);
    sockets.add(upstream);
    upstream.once('close', () => sockets.delete(upstream));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connects,
    refused,
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
