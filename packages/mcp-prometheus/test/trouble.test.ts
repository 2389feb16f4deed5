import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { isToolError } from '@cinecom/mcp-core';
import { expect, it, onTestFinished } from 'vitest';
import { openBackend } from './support/backend.ts';

/** A server in trouble, as a real one cannot be made to be on demand. */
async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const failureAt = async (url: string, more: Parameters<typeof openBackend>[0] = {}) =>
  openBackend({ url, ...more }).then(
    () => expect.unreachable('it must fail'),
    (error: unknown) => {
      if (!isToolError(error)) throw error;
      return { code: error.code, text: `${error.message}. ${error.hint}`, said: error.backendText };
    },
  );

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  listening(
    (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(status, headers).end(body),
  );

it('names the address and the setting where nothing listens', async () => {
  const { code, text } = await failureAt('http://127.0.0.1:1');
  expect([code, text]).toEqual([
    'backend_unreachable',
    'Prometheus at http://127.0.0.1:1 refuses connections: nothing listens there. Check that it runs, and --url (PROMETHEUS_URL).',
  ]);
});

it.each([
  [200, '<html>Sign in</html>', 'backend_error', 'answered a web page instead of its API'],
  [200, '{"hello":"world"}', 'backend_error', 'answered something else instead of its API'],
  [401, '', 'backend_auth', 'refused the credentials'],
  [403, '<html>no</html>', 'backend_forbidden', 'forbids this'],
  [429, '', 'backend_rate_limited', 'asks to slow down'],
  [502, '<html>bad gateway</html>', 'backend_error', 'not able to answer now (502)'],
  [
    503,
    '{"status":"error","errorType":"unavailable","error":"loading"}',
    'backend_error',
    'not able to answer now (503)',
  ],
  [503, '{"status":"error","errorType":"timeout","error":"query timed out"}', 'timeout', 'gave up on this query'],
])('%i %s is %s', async (status, body, code, says) => {
  const failure = await failureAt(await answering(status, body));
  expect(failure.code).toBe(code);
  expect(failure.text).toContain(says);
});

it('does not follow a redirect, and no credential leaves the configured origin', async () => {
  const seen: string[] = [];
  const elsewhere = await listening((request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  const url = await answering(302, '', { location: `${elsewhere}/login` });
  const failure = await failureAt(url, { token: 'a-secret-token' });
  expect(failure).toMatchObject({ code: 'backend_error', said: `${elsewhere}/login` });
  expect(failure.text).toContain('redirects elsewhere');
  expect(seen).toEqual([]);
});

it('gives up on a server that does not answer, and on one that stops in the middle', async () => {
  const silent = await listening(() => undefined);
  expect(await failureAt(silent, { requestTimeout: 1 })).toMatchObject({ code: 'timeout' });
  const half = await listening((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"status":');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await failureAt(half)).toMatchObject({ code: 'backend_unreachable' });
});

it('says so where something else than HTTP listens', async () => {
  const server = createSocketServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n'));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  expect(await failureAt(`http://127.0.0.1:${address.port}`)).toMatchObject({ code: 'backend_unreachable' });
});

it('refuses an answer that is larger than 32 MiB without holding it', async () => {
  const url = await listening((_request, response) => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const more = (): void => {
      while (response.write(piece));
      response.once('drain', more);
    };
    more();
  });
  expect(await failureAt(url)).toMatchObject({ code: 'too_large' });
});

it('sends token, tenant and sub-path where they belong, and cuts credentials out of addresses', async () => {
  const seen: { readonly url: string | undefined; readonly headers: IncomingMessage['headers'] }[] = [];
  const url = await listening((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    response.writeHead(404).end('');
  });
  const failure = await failureAt(`${url.replace('http://', 'http://me:secret-word@')}/prom/`, { orgId: 'cinema' });
  expect(failure.text).not.toContain('secret-word');
  expect(seen[0]).toMatchObject({
    url: '/prom/api/v1/status/buildinfo',
    headers: { authorization: `Basic ${Buffer.from('me:secret-word').toString('base64')}`, 'x-scope-orgid': 'cinema' },
  });
});

it('aborts its requests when the call is given up', async () => {
  let closed = 0;
  const url = await listening((request, response) => {
    if (!request.url?.includes('/api/v1/query')) {
      const data = request.url?.includes('alertmanagers') ? { activeAlertmanagers: [] } : { version: '2.42.0' };
      response.end(JSON.stringify({ status: 'success', data }));
      return;
    }
    response.on('close', () => (closed += 1));
  });
  const backend = await openBackend({ url });
  const controller = new AbortController();
  const asked = backend.instant('up', {}, controller.signal);
  const again = backend.instant('up', {}, new AbortController().signal);
  again.catch(() => undefined);
  controller.abort(new Error('given up'));
  await expect(asked).rejects.toThrow('given up');
  expect(closed).toBe(0); // the other caller still waits for the same request
  await backend.close();
});
