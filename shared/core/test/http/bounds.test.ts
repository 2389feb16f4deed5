import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { jsonHeaders, modernCall, startNotebook } from './notebook-http.ts';
import { openSocket, raw } from './raw.ts';

describe('a body', () => {
  test('of more than 4 MiB is refused with 413, and recorded', async () => {
    await using served = await startNotebook();
    const { body, headers } = modernCall('note_add', { name: 'big', text: 'x'.repeat(5 * 1024 * 1024) });
    const answer = await served.post(body, headers);
    expect(answer.status).toBe(413);
    expect((await served.events()).filter(({ type }) => type === 'rejected')).toHaveLength(1);
    expect((await fetch(`${served.origin}/healthz`)).status).toBe(200);
  });

  test('that claims to be huge is refused before it is sent', async () => {
    await using served = await startNotebook();
    const { socket, all } = await openSocket(served.port);
    socket.write(
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n',
    );
    expect(await all).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
  });

  test.each([
    ['not json', 400, -32_700],
    ['', 400, -32_700],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 400, -32_600],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, undefined],
    ['17', 400, undefined],
  ])('%j is refused and recorded', async (body, status, code) => {
    await using served = await startNotebook();
    const answer = await raw({ port: served.port, method: 'POST', path: '/mcp', headers: jsonHeaders, body });
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.json).toMatchObject({ id: null, error: { code } });
    expect((await served.events()).filter(({ type }) => type === 'rejected')).toHaveLength(1);
  });

  test('of another type is refused with 415', async () => {
    await using served = await startNotebook();
    const answer = await served.post({}, { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
  });
});

describe('headers', () => {
  test.each([
    ['mcp-method', 'tools/list'],
    ['mcp-name', 'note_count'],
    ['mcp-protocol-version', '2025-11-25'],
  ])('%s that says something else than the body is refused with -32020, and recorded', async (name, value) => {
    await using served = await startNotebook();
    const { body, headers } = modernCall('note_list');
    const answer = await served.post(body, { ...headers, [name]: value });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ id: 1, error: { code: -32_020 } });
    expect((await served.events()).map(({ type }) => type)).toEqual(['log.start', 'rejected']);
  });

  test('of more than 16 KiB are refused with 431', async () => {
    await using served = await startNotebook();
    const answer = await raw({ port: served.port, path: '/healthz', headers: { 'x-long': 'x'.repeat(17_000) } });
    expect(answer.status).toBe(431);
  });

  test('that come too slowly end the connection', async () => {
    await using served = await startNotebook({ patience: { headersMs: 50, checkEveryMs: 20 } });
    const { socket, all } = await openSocket(served.port);
    socket.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n');
    await once(socket, 'close');
    expect(await all).toMatch(/^HTTP\/1\.1 408 /);
  });
});

test('an error that the SDK answers by itself is recorded once, one of the pipeline only as its call', async () => {
  await using served = await startNotebook();
  const client = await served.client('modern');
  await expect(client.callTool({ name: 'note_lost', arguments: {} })).rejects.toThrow('note_list');
  const { body, headers } = modernCall('note_list');
  const strange = { ...body, method: 'notes/eat' };
  const answer = await served.post(strange, { ...headers, 'mcp-method': 'notes/eat' });
  expect(await answer.json()).toMatchObject({ id: 1, error: { code: -32_601 } });
  expect((await served.events()).map(({ type }) => type)).toEqual(['log.start', 'call', 'rejected']);
});
