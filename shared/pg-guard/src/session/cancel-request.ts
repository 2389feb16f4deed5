import { connect, type Socket } from 'node:net';
import type { ClientBase } from 'pg';

const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_WAIT_MS = 1_000;
const CANCEL_AGAIN_MS = 50;

interface Backend {
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: { readonly stream: Socket };
}

/** The parts of a `pg` client that its types leave out. */
export function backendOf(client: ClientBase): Backend {
  return client as unknown as Backend;
}

/**
 * Asks the server to cancel what the connection runs, by CancelRequests over sockets of their own, and destroys the connection
 * when it has not ended after a second.
 *
 * The request is sent again and again, as the server forgets one that arrives between two messages of the protocol; and in
 * plain, which the server takes whatever its TLS rules: it is read before authentication.
 *
 * @returns a function that stops all this, to be called when the statement has ended
 */
export function cancelRunning(client: ClientBase): () => void {
  const backend = backendOf(client);
  sendCancelRequest(backend);
  const again = setInterval(() => sendCancelRequest(backend), CANCEL_AGAIN_MS);
  const countdown = setTimeout(() => {
    clearInterval(again);
    backend.connection.stream.destroy();
  }, CANCEL_WAIT_MS);
  return () => {
    clearInterval(again);
    clearTimeout(countdown);
  };
}

function sendCancelRequest({ host, port, processID, secretKey }: Backend): void {
  if (processID === null || secretKey === null) return;
  const packet = Buffer.alloc(16);
  packet.writeInt32BE(16, 0);
  packet.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  packet.writeInt32BE(processID, 8);
  packet.writeInt32BE(secretKey, 12);
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  // a server that cannot be reached is dealt with by the countdown
  socket.on('error', () => socket.destroy());
  socket.setTimeout(CANCEL_WAIT_MS, () => socket.destroy());
  socket.end(packet);
  socket.unref();
}
