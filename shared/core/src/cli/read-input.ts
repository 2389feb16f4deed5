import { addAbortSignal, type Readable } from 'node:stream';
import { ToolError } from '../errors/tool-error.ts';

const longestInputBytes = 1024 * 1024;

/**
 * All of an input that ends, at most 1 MiB.
 *
 * @throws ToolError `too_large`; an AbortError once `signal` aborts, so that an input that never ends cannot hold a command
 */
export async function readInput(input: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, input)) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > longestInputBytes) throw new ToolError('too_large', 'standard input holds more than 1 MiB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
