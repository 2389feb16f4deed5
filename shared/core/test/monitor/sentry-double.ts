import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** Sentry's envelope endpoint on loopback: it refuses what the real one refuses, and keeps every byte that came. */
export interface SentryDouble extends AsyncDisposable {
  readonly dsn: string;
  /** Events accepted so far. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** All that was ever received, headers included. */
  received(): string;
  /** Resolves at the next request, with its status. */
  next(): Promise<number>;
}

const publicKey = '0123456789abcdef'.repeat(2);

/** @see https://develop.sentry.dev/sdk/foundations/transport/envelopes/ */
export async function startSentry(): Promise<SentryDouble> {
  const events: Readonly<Record<string, unknown>>[] = [];
  const received: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await buffer(incoming);
      const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      received.push(JSON.stringify(incoming.headers), plain.toString('utf8'));
      const status = accepted(incoming.url ?? '', incoming.headers['x-sentry-auth'], plain.toString('utf8'), events);
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      server.emit('answered', status);
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    dsn: `http://${publicKey}@127.0.0.1:${port}/42`,
    events,
    received: () => received.join('\n'),
    next: async () => ((await once(server, 'answered')) as [number])[0],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function accepted(
  url: string,
  header: string | string[] | undefined,
  text: string,
  events: Readonly<Record<string, unknown>>[],
): number {
  const { pathname, searchParams } = new URL(url, 'http://sentry');
  if (pathname !== '/api/42/envelope/') return 404;
  const key = searchParams.get('sentry_key') ?? /sentry_key=(\w+)/.exec(String(header))?.[1];
  if (key !== publicKey) return 403;
  const [first, ...lines] = text.split('\n').filter((line) => line !== '');
  const envelope = JSON.parse(first ?? '') as { readonly event_id?: string };
  if (!/^[0-9a-f]{32}$/.test(envelope.event_id ?? '')) return 400;
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const item = JSON.parse(lines[index] ?? '') as { readonly type?: string };
    if (item.type !== 'event') return 400;
    const event = JSON.parse(lines[index + 1] ?? '') as Record<string, unknown>;
    if (event['event_id'] !== envelope.event_id || typeof event['timestamp'] !== 'number') return 400;
    events.push(event);
  }
  return 200;
}
