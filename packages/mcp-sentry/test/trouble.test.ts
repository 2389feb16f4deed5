import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { isToolError } from '@cinecom/mcp-core';
import { fakeClock } from '@cinecom/mcp-core/testing';
import { type FaultAnswer, startSentry } from '@cinecom/testbed';
import { expect, it, onTestFinished } from 'vitest';
import { openBackend } from './support/backend.ts';

const signal = new AbortController().signal;

/** A server in trouble that the double cannot be in. */
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

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  listening(
    (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(status, headers).end(body),
  );

const failureAt = async (url: string, more: Parameters<typeof openBackend>[0] = {}) => {
  const backend = await openBackend({ url, ...more }, { wait: async () => undefined });
  return backend.organizations(signal).then(
    () => expect.unreachable('it must fail'),
    (error: unknown) => {
      if (!isToolError(error)) throw error;
      return { code: error.code, text: `${error.message}. ${error.hint}`, said: error.backendText };
    },
  );
};

it('names the address and the setting where nothing listens', async () => {
  expect(await failureAt('http://127.0.0.1:1')).toEqual({
    code: 'backend_unreachable',
    text: 'Sentry at http://127.0.0.1:1 refuses connections: nothing listens there. Check that it runs, --url (SENTRY_URL), and HTTPS_PROXY where one is needed.',
    said: undefined,
  });
});

it.each([
  [200, '<html>Sign in</html>', 'backend_error', 'answered a web page instead of its API'],
  [401, '{"detail":"Invalid token"}', 'backend_auth', 'refused the token'],
  [403, '{"detail":"You do not have permission to perform this action."}', 'backend_forbidden', 'lacks org:read'],
  [404, '', 'backend_not_found', 'has no API there'],
  [400, '{"detail":"Invalid query"}', 'invalid_input', 'does not accept this'],
  [429, '{"detail":"slow down"}', 'backend_rate_limited', 'asks to slow down'],
  [502, '<html>bad gateway</html>', 'backend_error', 'not able to answer now (502)'],
])('%i %s is %s', async (status, body, code, says) => {
  const failure = await failureAt(await answering(status, body));
  expect(failure.code).toBe(code);
  expect(failure.text).toContain(says);
  expect(failure.said ?? '').not.toContain('<html');
});

it('says at once that a token of the wrong kind reads nothing', async () => {
  await expect(openBackend({ url: 'http://127.0.0.1:1', token: 'sntrys_abc' })).rejects.toMatchObject({
    code: 'not_configured',
    message: expect.stringContaining('organisation token') as string,
  });
});

it('does not follow a redirect, and no token leaves the configured origin', async () => {
  const seen: string[] = [];
  const elsewhere = await listening((request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  const failure = await failureAt(await answering(302, '', { location: `${elsewhere}/login` }));
  expect(failure).toMatchObject({ code: 'backend_error', said: `${elsewhere}/login` });
  expect(seen).toEqual([]);
});

it('gives up on a server that does not answer, and on one that stops in the middle', async () => {
  const silent = await listening(() => undefined);
  expect(await failureAt(silent, { requestTimeout: 1 })).toMatchObject({ code: 'timeout' });
  const sentry = await startSentry();
  onTestFinished(() => sentry.stop());
  for (const answer of ['truncate', 'reset'] as const) {
    sentry.fail({ answer, times: 3 });
    expect(await failureAt(sentry.url, { token: sentry.token })).toMatchObject({ code: 'backend_unreachable' });
  }
});

it('reads again what was cut off or refused for a while, and waits as long as it is told', async () => {
  const sentry = await startSentry();
  onTestFinished(() => sentry.stop());
  const clock = fakeClock(1_700_000_000_000);
  const waits: number[] = [];
  const wait = async (ms: number) => {
    waits.push(ms);
    clock.advance(ms);
  };
  const backend = await openBackend({ url: sentry.url, token: sentry.token }, { wait, clock });
  const expected = [{ slug: 'acme', name: 'Acme' }];
  const after = async (...answers: readonly FaultAnswer[]) => {
    clock.advance(3_600_000); // forget what is remembered
    waits.length = 0;
    for (const answer of answers) sentry.fail({ answer });
    expect(await backend.organizations(signal)).toEqual(expected);
    return [...waits];
  };
  expect(await after({ status: 429, headers: { 'retry-after': '7' } })).toEqual([7000]);
  const reset = String(clock.now() / 1000 + 3600 + 12);
  expect(await after({ status: 429, headers: { 'x-sentry-rate-limit-reset': reset } })).toEqual([12_000]);
  expect(await after({ status: 503 }, 'reset')).toEqual([500, 1500]);
  clock.advance(3_600_000);
  sentry.fail({ answer: { status: 429, headers: { 'retry-after': '90' } } });
  await expect(backend.organizations(signal)).rejects.toMatchObject({
    code: 'backend_rate_limited',
    message: expect.stringContaining('again in 1 min 30 s') as string,
  });
});

it('asks at most four things at once, and lets go of those that are given up', async () => {
  let [open, most, closed] = [0, 0, 0];
  const url = await listening((_request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
      closed += 1;
    });
  });
  const backend = await openBackend({ url });
  const controller = new AbortController();
  const asked = Array.from({ length: 9 }, async (_, index) => backend.projects(`org-${index}`, controller.signal));
  const failed = Promise.allSettled(asked);
  await expect.poll(() => open).toBe(4);
  controller.abort(new Error('given up'));
  expect((await failed).every(({ status }) => status === 'rejected')).toBe(true);
  await expect.poll(() => closed).toBe(4);
  expect(most).toBe(4);
});

it('pages to the end by the cursor alone, whatever host the link names, under a base path', async () => {
  const sentry = await startSentry({ basePath: '/sentry' });
  onTestFinished(() => sentry.stop());
  for (let index = 0; index < 250; index += 1) sentry.world.addProject(`service-${index}`);
  const backend = await openBackend({ url: `${sentry.url}/`, token: sentry.token });
  expect(await backend.projects('acme', signal)).toHaveLength(250);
  expect(sentry.requests.map(({ path }) => path)).toEqual(Array(3).fill('/api/0/organizations/acme/projects/'));
  expect(sentry.violations).toEqual([]);
});

it('asks for no path that a name could bend', async () => {
  const sentry = await startSentry();
  onTestFinished(() => sentry.stop());
  const backend = await openBackend({ url: sentry.url, token: sentry.token });
  for (const name of ['..', '.', '%2e%2e', '']) {
    await expect(backend.projects(name, signal)).rejects.toMatchObject({ code: 'invalid_input' });
  }
  await expect(backend.projects('acme/../evil', signal)).rejects.toMatchObject({ code: 'backend_not_found' });
  expect(sentry.requests.map(({ path }) => path)).toEqual(['/api/0/organizations/acme%2F..%2Fevil/projects/']);
});
