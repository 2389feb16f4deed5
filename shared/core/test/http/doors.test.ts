import { describe, expect, test } from 'vitest';
import { startNotebook } from './notebook-http.ts';
import { raw, rawCall } from './raw.ts';

describe('Host', () => {
  test('a foreign name is refused, though it points here, and recorded', async () => {
    await using served = await startNotebook();
    const answer = await rawCall(served.port, { host: 'evil.example.com' });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('--allowed-hosts');
    expect(answer.text).not.toContain('evil');
    expect((await served.events()).filter(({ type }) => type === 'rejected')).toMatchObject([
      { origin: { transport: 'http', ip: '127.0.0.1' }, outcome: { result: 'denied' }, detail: { why: 'host' } },
    ]);
  });

  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST:3000', 'mcp.example.com', 'mcp.example.com:8443'])(
    '%s is served',
    async (host) => {
      await using served = await startNotebook({ argv: ['--allowed-hosts', 'mcp.example.com'] });
      expect((await rawCall(served.port, { host })).status).toBe(200);
    },
  );

  test.each([
    'localhost.evil.example',
    'evil.example@localhost',
    '127.0.0.1.evil.example',
    '192.0.2.1',
    'localhost,evil',
  ])('%s is not', async (host) => {
    await using served = await startNotebook();
    expect((await rawCall(served.port, { host })).status).toBe(403);
  });
});

describe('Origin', () => {
  test.each(['http://evil.example.com', 'null', 'http://127.0.0.1:1', 'https://app.example.com.evil.example', '*'])(
    '%s is refused',
    async (origin) => {
      await using served = await startNotebook({ argv: ['--allowed-origins', 'https://app.example.com'] });
      const answer = await rawCall(served.port, { origin });
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  test('an allowed one is served and told so, and so is this server itself', async () => {
    await using served = await startNotebook({ argv: ['--allowed-origins', 'https://app.example.com'] });
    const answer = await rawCall(served.port, { origin: 'https://app.example.com' });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example.com', vary: 'Origin' });
    const own = `127.0.0.1:${served.port}`;
    expect((await rawCall(served.port, { host: own, origin: `http://${own}` })).status).toBe(200);
  });

  test('a preflight is answered for an allowed origin only, and without a token', async () => {
    const env = { MCP_AUTH_TOKEN: 'n'.repeat(16) };
    await using served = await startNotebook({ argv: ['--allowed-origins', 'https://app.example.com'], env });
    const preflight = (origin: string) =>
      raw({
        port: served.port,
        method: 'OPTIONS',
        path: '/mcp',
        headers: { origin, 'access-control-request-headers': 'authorization, mcp-method, x-other' },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, mcp-method',
    });
    expect((await preflight('https://evil.example')).status).toBe(403);
  });
});

describe('client address', () => {
  test('beyond --allow-from nothing is served, whatever X-Forwarded-For says', async () => {
    await using served = await startNotebook({ argv: ['--allow-from', '10.0.0.0/8'] });
    expect((await rawCall(served.port)).status).toBe(403);
    expect((await rawCall(served.port, { 'x-forwarded-for': '10.1.2.3' })).status).toBe(403);
    const { port } = served;
    expect((await raw({ port, path: '/healthz' })).status).toBe(403);
  });

  test('a trusted proxy names the client, who cannot name another', async () => {
    const argv = ['--allow-from', '10.0.0.0/8', '--trust-proxy', '127.0.0.1,192.0.2.0/24'];
    await using served = await startNotebook({ argv });
    const status = async (forwarded: string) => (await rawCall(served.port, { 'x-forwarded-for': forwarded })).status;
    expect(await status('10.1.2.3')).toBe(200);
    expect(await status('10.1.2.3, 192.0.2.9')).toBe(200);
    expect(await status('10.1.2.3, 203.0.113.5')).toBe(403);
    expect(await status('10.1.2.3, junk')).toBe(403);
    const calls = (await served.events()).filter(({ type }) => type === 'call');
    expect(calls.map(({ origin }) => origin?.ip)).toEqual(['10.1.2.3', '10.1.2.3']);
  });
});

describe('paths', () => {
  test('health is told without a token, MCP is not', async () => {
    await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: 't'.repeat(16) } });
    const { port } = served;
    expect(await raw({ port, path: '/healthz' })).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await raw({ port, path: '/readyz' })).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect((await rawCall(port)).status).toBe(401);
  });

  test('what is not served is told with 404, other methods with 405 and Allow', async () => {
    await using served = await startNotebook();
    const { port } = served;
    expect((await raw({ port, path: '/' })).status).toBe(404);
    expect((await raw({ port, path: '/metrics' })).status).toBe(404);
    expect((await raw({ port, path: '/.well-known/oauth-protected-resource' })).status).toBe(404);
    for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS']) {
      expect(await raw({ port, method, path: '/mcp' })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    }
    expect(await raw({ port, method: 'POST', path: '/healthz' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });

  test('metrics are served when given', async () => {
    const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'cinecom_mcp_up 1\n' };
    await using served = await startNotebook({ metrics });
    expect(await raw({ port: served.port, path: '/metrics' })).toMatchObject({
      status: 200,
      text: 'cinecom_mcp_up 1\n',
      headers: { 'content-type': 'text/plain; version=0.0.4' },
    });
  });
});
