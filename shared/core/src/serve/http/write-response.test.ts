import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { writeResponse } from './write-response.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server that answers once with what comes. */
async function answering(coming: Promise<Response>, keepAliveMs: number | undefined): Promise<Response> {
  const server = createServer((_incoming, outgoing) => void writeResponse(outgoing, coming, keepAliveMs));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
    return once(server, 'close');
  });
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('a quick answer is the one JSON body it is', async () => {
  const response = await answering(Promise.resolve(Response.json({ id: 1 }, { status: 400 })), 60_000);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ id: 1 });
});

test('a slow one is kept alive, and comes as the event of a stream', async () => {
  let answer = (_response: Response): void => undefined;
  const response = await answering(new Promise<Response>((resolve) => (answer = resolve)), 5);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toMatch(/^: keepalive\n\n/);
  answer(Response.json({ id: 1 }));
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) rest += read.value;
  expect(rest.replaceAll(': keepalive\n\n', '')).toBe('event: message\ndata: {"id":1}\n\n');
});

test('a large stream waits for a reader that is slow, and loses nothing', async () => {
  const chunk = new Uint8Array(256 * 1024).fill(97);
  let left = 64;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      left -= 1;
      if (left < 0) return controller.close();
      controller.enqueue(chunk);
    },
  });
  const headers = { 'content-type': 'text/event-stream', connection: 'close' };
  const response = await answering(Promise.resolve(new Response(body, { headers })), 60_000);
  const bytes = await response.arrayBuffer();
  expect(bytes.byteLength).toBe(64 * chunk.length);
  expect(response.headers.get('connection')).toBe('keep-alive');
});
