import type { IncomingMessage } from 'node:http';

/** Of the SDK and of other servers too. */
export const longestBodyBytes = 4 * 1024 * 1024;
/** What is read of a body too long, to no purpose but that the client hears why before the connection ends. */
const mostDiscardedBytes = 4 * longestBodyBytes;

/** @returns undefined when it is longer than 4 MiB. Rejects when the client went away. */
export function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const declared = Number(incoming.headers['content-length'] ?? 0);
  if (declared > mostDiscardedBytes) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (act: () => void): void => {
      incoming.off('data', take).off('end', done).off('close', gone);
      act();
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= longestBodyBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > mostDiscardedBytes) settle(() => resolve(undefined));
    };
    const done = (): void => settle(() => resolve(bytes > longestBodyBytes ? undefined : Buffer.concat(chunks)));
    const gone = (): void => settle(() => reject(new Error('the client went away')));
    incoming.on('data', take).on('end', done).on('close', gone).on('error', gone);
  });
}
