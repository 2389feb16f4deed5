import { expect, test } from 'vitest';
import { modernCall, startNotebook } from './notebook-http.ts';

test.each(['unknown/method', 'initialize', 'ping', 'resources/list'])(
  'a request of 2026 for %s, which is not served, gets status 404, code -32601 and a record',
  async (method) => {
    await using served = await startNotebook();
    const { body, headers } = modernCall('note_list', {}, 7);
    const response = await served.post({ ...body, method }, { ...headers, 'mcp-method': method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ id: 7, error: { code: -32_601 } });
    const rejected = (await served.events()).filter(({ type }) => type === 'rejected');
    expect(rejected).toMatchObject([{ detail: { why: 'answered with JSON-RPC error -32601' } }]);
  },
);

test('a request of 2025 for a method that is not served is answered in its stream, and recorded', async () => {
  await using served = await startNotebook();
  const response = await served.post({ jsonrpc: '2.0', id: 7, method: 'resources/list', params: {} });
  expect(await response.text()).toContain('"code":-32601');
  expect((await served.events()).filter(({ type }) => type === 'rejected')).toHaveLength(1);
});
