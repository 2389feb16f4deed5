import type { Socket } from 'node:net';
import type { Client, Connection } from 'pg';

/**
 * Bytes that one call may take in. The driver makes text of all of it, and copies while a message grows: the process then
 * stays under 80 MB above idle, measured; with 64 MiB it took 110.
 */
export const receivedBytes = 24 * 1024 * 1024;

const limitBytes = 4 * 1024 * 1024;

/** One message of the server, as a rule a row, was larger than is taken in; the connection is closed. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';

  constructor() {
    super(`one row is larger than ${limitBytes} bytes; the connection was closed`);
  }
}

/** The parts of a `pg` connection that its types leave out. */
type OpenConnection = Connection & { readonly stream: Socket };

/**
 * Fails what runs, and closes the connection, once one message grows too large: the driver keeps a message until it is
 * complete, and doubles its buffer while it grows, so that one of 64 MiB takes four times as much.
 */
export function limitMessages(client: Client): void {
  const { connection } = client as unknown as { readonly connection: OpenConnection };
  const { stream } = connection;
  let pending = 0;
  const reset = (): void => {
    pending = 0;
  };
  connection.on('dataRow', reset);
  connection.on('readyForQuery', reset);
  // Comes after the driver has parsed the chunk.
  stream.on('data', (chunk: Buffer) => {
    pending += chunk.length;
    if (pending <= limitBytes || stream.isPaused()) return;
    stream.pause();
    // The query is told why first; a socket that closes would tell only that it did.
    connection.emit('error', new MessageTooLarge());
    setImmediate(() => stream.destroy());
  });
}
