import type { ClientBase } from 'pg';
import { backendOf } from './cancel-request.ts';

/** More arrived from the server in one call than may be taken in; the connection has been destroyed. */
export class TooMuchReceived extends Error {
  override readonly name = 'TooMuchReceived';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`the answer is larger than ${limitBytes} bytes; the connection was closed`);
    this.limitBytes = limitBytes;
  }
}

export interface ReceivedBytes {
  readonly total: () => number;
  readonly exceeded: () => boolean;
  readonly stop: () => void;
}

/** Counts what arrives on the connection and destroys it beyond the limit, also in the middle of one huge value. */
export function limitReceivedBytes(client: ClientBase, limitBytes: number): ReceivedBytes {
  const { stream } = backendOf(client).connection;
  let total = 0;
  const count = (chunk: Buffer): void => {
    total += chunk.length;
    if (total > limitBytes) stream.destroy();
  };
  stream.on('data', count);
  return { total: () => total, exceeded: () => total > limitBytes, stop: () => stream.off('data', count) };
}
