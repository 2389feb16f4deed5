import type { ServerResponse } from 'node:http';

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * Writes a web response. While it is not there yet a client that accepts streams gets a comment now and then, since
 * proxies drop calls that stay silent: what then comes as one JSON body is sent as the only event of the stream.
 *
 * @param keepAliveMs undefined for a client that does not accept streams
 */
export async function writeResponse(
  outgoing: ServerResponse,
  coming: Promise<Response>,
  keepAliveMs: number | undefined,
): Promise<void> {
  const beat =
    keepAliveMs === undefined
      ? undefined
      : setInterval(() => {
          if (outgoing.destroyed) return;
          if (!outgoing.headersSent) outgoing.writeHead(200, streamHeaders);
          outgoing.write(': keepalive\n\n');
        }, keepAliveMs);
  const response = await coming.finally(() => clearInterval(beat));
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const begun = outgoing.headersSent;
  if (!begun) {
    // Whether the connection stays open is decided here, not by the SDK.
    const { connection: _connection, ...headers } = Object.fromEntries(response.headers);
    outgoing.writeHead(response.status, headers);
  }
  if (streams && response.body !== null) return pipe(response.body, outgoing);
  const text = await response.text();
  outgoing.end(begun && text !== '' ? `event: message\ndata: ${text}\n\n` : text);
}

async function pipe(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  outgoing.once('close', stop);
  outgoing.flushHeaders();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || outgoing.destroyed) break;
    if (!outgoing.write(value)) await writable(outgoing);
  }
  outgoing.off('close', stop);
  outgoing.end();
}

function writable(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off('drain', go).off('close', go);
      resolve();
    };
    outgoing.on('drain', go).on('close', go);
  });
}
