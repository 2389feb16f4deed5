import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisAddress } from './address.ts';
import { redisFault, socketFault } from './fault.ts';
import { createReplyReader, encodeCommand, type Reply } from './resp.ts';

const connectTimeoutMs = 2000;
const commandTimeoutMs = 1000;
const idleTimeoutMs = 15_000;
const maxInFlight = 1000;

/** One open connection. After the first fault it is closed for good, and every answer still awaited fails with it. */
export interface Connection {
  /** Sends commands in one flight. @returns their replies in order @throws ToolError `state_unavailable` */
  send(commands: readonly (readonly string[])[]): Promise<readonly Reply[]>;
  readonly isOpen: () => boolean;
  close(): void;
}

interface Flight {
  readonly expected: number;
  readonly replies: Reply[];
  readonly resolve: (replies: readonly Reply[]) => void;
  readonly reject: (fault: Error) => void;
}

/** @param ca PEM of an authority to trust instead of Node's own @throws ToolError `state_unavailable` */
export async function openConnection(address: RedisAddress, ca?: string): Promise<Connection> {
  const socket = await dial(address, ca);
  const flights: Flight[] = [];
  const read = createReplyReader();
  let fault: Error | undefined;
  const end = (reason: Error): void => {
    fault ??= reason;
    socket.destroy();
    for (const flight of flights.splice(0)) flight.reject(fault);
  };
  const garbled = (): Error => redisFault('garbled', 'what answers there is no Redis, or its answer is too large');
  const take = (reply: Reply): void => {
    const [flight] = flights;
    if (flight === undefined) return end(garbled());
    flight.replies.push(reply);
    if (flight.replies.length < flight.expected) return;
    flights.shift();
    flight.resolve(flight.replies);
  };
  socket.on('data', (chunk) => {
    try {
      for (const reply of read(chunk)) take(reply);
    } catch {
      // Not a word of it is repeated: it is not from a Redis.
      end(garbled());
    }
  });
  socket.on('error', (error) => end(socketFault(error)));
  socket.on('close', () => end(redisFault('unreachable', 'its Redis closed the connection')));
  // A half-open connection would cost the next change its code: better a fresh one after a pause.
  socket.setTimeout(idleTimeoutMs, () => end(redisFault('unreachable', 'the connection was idle')));
  // The server ends whether or not this connection is open; a command that waits has a timer.
  socket.unref();
  return {
    isOpen: () => fault === undefined,
    close: () => end(redisFault('unreachable', 'the server is stopping')),
    send: (commands) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) return reject(fault);
        if (flights.length >= maxInFlight) return reject(redisFault('unreachable', 'too many changes wait for it'));
        const late = (): void => end(redisFault('unreachable', 'its Redis does not answer'));
        const timer = setTimeout(late, commandTimeoutMs);
        const settled = <Value>(then: (value: Value) => void) => {
          return (value: Value): void => {
            clearTimeout(timer);
            then(value);
          };
        };
        flights.push({ expected: commands.length, replies: [], resolve: settled(resolve), reject: settled(reject) });
        socket.write(Buffer.concat(commands.map(encodeCommand)));
      }),
  };
}

function dial({ host, port, tls }: RedisAddress, ca: string | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...(ca === undefined ? {} : { ca }) })
      : connectPlain({ host, port });
    socket.setNoDelay(true);
    const timer = setTimeout(() => failed(undefined), connectTimeoutMs);
    const failed = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(socketFault(error));
    };
    socket.once('error', failed);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      // The listener for errors stays: one before the caller has its own would end the process.
      resolve(socket);
    });
  });
}
