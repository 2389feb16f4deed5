import type { Readable } from 'node:stream';
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/server';

/** Longest line; the SDK's own transport ends silently past 10 MB. */
export const longestLineBytes = 16 * 1024 * 1024;

export interface Wire extends Transport {
  /** Takes no further message; answers still go out. */
  stopIntake(): void;
}

export interface WireOptions {
  readonly input: Readable;
  /** Writes one line; resolves when it is flushed. */
  readonly write: (line: string) => Promise<void>;
  /** What never reaches a handler: junk, batches, repeated ids, and what the SDK answers with an error by itself. */
  readonly rejected: (why: string) => void;
  /** The input ended, or a line was longer than 16 MiB. */
  readonly ended: (why: 'end' | 'overflow') => void;
}

const newline = 0x0a;
const invalidRequest = -32600;

/** JSON-RPC lines over two streams, as the SDK's stdio transport, but nothing is dropped without being told. */
export function createWire(options: WireOptions): Wire {
  const open = new Set<string | number>();
  let chunks: Buffer[] = [];
  let size = 0;
  let taking = true;

  const answer = (message: JSONRPCMessage): void => {
    options.write(`${JSON.stringify(message)}\n`).catch((error: Error) => wire.onerror?.(error));
  };
  const refuse = (why: string, id: string | number | null): void => {
    options.rejected(why);
    const error = { code: invalidRequest, message: `Invalid Request: ${why}` };
    answer({ jsonrpc: '2.0', id, error } as unknown as JSONRPCMessage);
  };
  const take = (line: string): void => {
    const text = line.trim();
    if (text === '' || !taking) return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      options.rejected('a line that is not JSON');
      return;
    }
    if (Array.isArray(value)) return refuse('batches are not part of this protocol', null);
    const message = parsed(value);
    if (message === undefined) return refuse('not a JSON-RPC 2.0 message', idOf(value));
    if ('method' in message && 'id' in message) {
      if (open.has(message.id)) return options.rejected('a request whose id is still in use');
      open.add(message.id);
    } else if ('method' in message && message.method === 'notifications/cancelled') {
      const id = message.params?.['requestId'];
      if (typeof id === 'string' || typeof id === 'number') open.delete(id);
    }
    wire.onmessage?.(message);
  };
  const receive = (chunk: Buffer): void => {
    let rest = chunk;
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      const line = Buffer.concat([...chunks, rest.subarray(0, end)]).toString('utf8');
      rest = rest.subarray(end + 1);
      chunks = [];
      size = 0;
      take(line);
    }
    size += rest.length;
    if (size <= longestLineBytes) {
      if (rest.length > 0) chunks.push(rest);
      return;
    }
    options.input.off('data', receive);
    chunks = [];
    options.ended('overflow');
  };
  const finish = (): void => options.ended('end');

  const wire: Wire = {
    async start() {
      options.input.on('data', receive);
      options.input.once('end', finish);
      options.input.on('error', finish);
    },
    async send(message) {
      if (!('method' in message) && 'id' in message && message.id !== undefined) {
        open.delete(message.id);
        if ('error' in message && !isOurs(message.error.data)) {
          options.rejected(`answered with JSON-RPC error ${message.error.code}`);
        }
      }
      await options.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      options.input.off('data', receive);
      options.input.off('end', finish);
      options.input.pause();
      wire.onclose?.();
    },
    stopIntake() {
      taking = false;
      options.input.pause();
    },
  };
  return wire;
}

function parsed(value: unknown): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(value);
  } catch {
    // Whatever the schema says against it, the sender only needs to know that it is no message.
    return undefined;
  }
}

function idOf(value: unknown): string | number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null;
}

/** Whether the data of an error are the pipeline's: those are audited there and carry their code. */
export function isOurs(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'cinecom/error' in data;
}
