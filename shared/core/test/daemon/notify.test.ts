import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JobRun } from '../../src/daemon/job-state.ts';
import { type Job, jobSchema, type Notify } from '../../src/daemon/job.ts';
import { createNotifier } from '../../src/daemon/notify/notifier.ts';

const key = Buffer.alloc(32, 7);
const secretPath = ['services', 'T000', 'hush'].join('/');

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver that answers with these statuses in turn, then with 204; it refuses what Discord and Slack refuse. */
async function receiver(...statuses: readonly (number | readonly [status: number, retryAfter: string])[]) {
  const received: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming);
      received.push({ headers: incoming.headers, body });
      const given = statuses[received.length - 1] ?? (isTaken(incoming.url ?? '', body) ? 204 : 400);
      const [status, wait] = typeof given === 'number' ? [given, '0'] : given;
      outgoing.writeHead(status, { 'retry-after': wait, location: '/elsewhere' }).end();
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { received, url: (to: Notify['to']) => `http://127.0.0.1:${port}/${to}/${secretPath}` };
}

function isTaken(url: string, body: string): boolean {
  const message = JSON.parse(body) as { readonly content?: string; readonly text?: string };
  if (url.startsWith('/discord')) return (message.content ?? '').length > 0 && (message.content ?? '').length <= 2000;
  return (message.text ?? '') !== '';
}

const run: JobRun = {
  run: 'r1',
  tick: 0,
  why: 'due',
  startedAt: Date.UTC(2026, 10, 25, 7),
  ms: 40,
  outcome: 'success',
  verdict: 'warning',
  text: 'WARNING: 東京 <b>slow</b> & full',
};

const logs: string[] = [];
const runtime = {
  server: { name: 'mcp-diary' },
  core: { environment: 'staging' },
  clock: { now: () => 1_700_000_000_000 },
  log: (_level: string, line: string) => logs.push(line),
};

function tell(notify: readonly object[], ended: JobRun = run, before?: JobRun): Promise<readonly string[]> {
  const job: Job = jobSchema.parse({ name: 'night', cron: '@daily', tool: 'diary_read', notify });
  const notifier = createNotifier(runtime as never, async () => key, new AbortController().signal, 1);
  return notifier.tell(job, ended, before);
}

describe('receivers of a job', () => {
  it('are told each in their own form, webhooks with a signature that can be checked', async () => {
    const { received, url } = await receiver();
    const undelivered = await tell((['discord', 'slack', 'webhook'] as const).map((to) => ({ to, url: url(to) })));
    expect(undelivered).toEqual([]);
    const bodies = received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(bodies).toContainEqual({
      content: `night on mcp-diary (staging): warning\n${run.text}`,
      allowed_mentions: { parse: [] },
    });
    expect(bodies).toContainEqual({
      text: 'night on mcp-diary (staging): warning\nWARNING: 東京 &lt;b&gt;slow&lt;/b&gt; &amp; full',
    });
    const signed = received.find(({ headers }) => headers['x-cinecom-signature'] !== undefined);
    expect(JSON.parse(signed?.body ?? '')).toEqual({
      server: 'mcp-diary',
      environment: 'staging',
      job: 'night',
      outcome: 'success',
      verdict: 'warning',
      text: run.text,
      at: '2026-11-25T07:00:00.000Z',
    });
    const timestamp = String(signed?.headers['x-cinecom-timestamp']);
    expect(timestamp).toBe('1700000000');
    const mac = createHmac('sha256', key).update(`${timestamp}.${signed?.body}`).digest('hex');
    expect(signed?.headers['x-cinecom-signature']).toBe(`sha256=${mac}`);
  });

  it('are tried three times, and told of without their address when that was in vain', async () => {
    const busy = await receiver(429, 503);
    expect(await tell([{ to: 'slack', url: busy.url('slack') }])).toEqual([]);
    expect(busy.received).toHaveLength(3);
    const down = await receiver(500, 500, 500, 500);
    expect(await tell([{ to: 'slack', url: down.url('slack') }])).toEqual(['slack: status 500']);
    expect(down.received).toHaveLength(3);
    const gone = await receiver(404);
    expect(await tell([{ to: 'slack', url: gone.url('slack') }])).toEqual(['slack: status 404']);
    expect(gone.received).toHaveLength(1);
    const moved = await receiver(307);
    expect(await tell([{ to: 'slack', url: moved.url('slack') }])).toEqual([
      'slack: status 307; redirects are not followed',
    ]);
    expect(moved.received).toHaveLength(1);
    expect(logs.join('\n')).not.toContain('hush');
  });

  it('are waited for as they ask, by seconds or a date, but not for more than a minute', async () => {
    const soon = await receiver([429, '0.01'], [503, new Date(0).toUTCString()]);
    expect(await tell([{ to: 'slack', url: soon.url('slack') }])).toEqual([]);
    const late = await receiver([429, '61']);
    expect(await tell([{ to: 'slack', url: late.url('slack') }])).toEqual([
      'slack: status 429, which asks to wait 61 s',
    ]);
    const dated = await receiver([429, new Date(runtime.clock.now() + 3_600_000).toUTCString()]);
    expect(await tell([{ to: 'slack', url: dated.url('slack') }])).toEqual([
      'slack: status 429, which asks to wait 3600 s',
    ]);
    expect([soon.received.length, late.received.length, dated.received.length]).toEqual([3, 1, 1]);
  });

  it('that could not be sent a signed message count as not told, and the others hear of the run', async () => {
    const { received, url } = await receiver();
    const job: Job = jobSchema.parse({
      name: 'night',
      cron: '@daily',
      tool: 'diary_read',
      notify: (['webhook', 'slack'] as const).map((to) => ({ to, url: url(to) })),
    });
    const noKey = () => Promise.reject(new Error('the key file is damaged'));
    const notifier = createNotifier(runtime as never, noKey, new AbortController().signal, 1);
    expect(await notifier.tell(job, run, undefined)).toEqual(['webhook: it could not be signed']);
    expect(received).toHaveLength(1);
  });

  it('get texts that they take, whatever the answer was', async () => {
    const { received, url } = await receiver();
    const long = { ...run, text: `${'x'.repeat(1960)}${'😀'.repeat(400)}` };
    expect(await tell([{ to: 'discord', url: url('discord') }], long)).toEqual([]);
    const { content } = JSON.parse(received[0]?.body ?? '') as { content: string };
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(() => encodeURIComponent(content)).not.toThrow();
  });

  it.each([
    ['finding', { verdict: 'ok' }, undefined, 0],
    ['finding', { verdict: 'critical' }, undefined, 1],
    ['failure', {}, undefined, 0],
    ['failure', { outcome: 'failure' }, undefined, 1],
    ['change', {}, undefined, 1],
    ['change', { verdict: 'ok' }, undefined, 0],
    ['change', {}, { verdict: 'warning' }, 0],
    ['change', {}, { verdict: 'ok' }, 1],
    ['always', { verdict: 'ok' }, undefined, 1],
  ] as const)('on %s of %o after %o hear %i times', async (on, ended, before, times) => {
    const { received, url } = await receiver();
    await tell([{ to: 'webhook', url: url('webhook'), on }], { ...run, ...ended }, before && { ...run, ...before });
    expect(received).toHaveLength(times);
  });

  it('must be addresses that nobody can listen to', () => {
    const parse = (url: string) =>
      jobSchema.safeParse({ name: 'a', cron: '@daily', tool: 't', notify: [{ to: 'slack', url }] });
    expect(parse('https://hooks.example/x').success).toBe(true);
    expect(parse('http://hooks.example/x').success).toBe(false);
    expect(parse('http://127.0.0.1:9/x').success).toBe(true);
    expect(parse('http://[::1]:9/x').success).toBe(true);
    expect(parse('http://127.0.0.1.hooks.example/x').success).toBe(false);
    expect(parse('file:///etc/passwd').success).toBe(false);
    for (const damaged of ['', 'hooks.example/x', 'https://', 'https://[::1', '::']) {
      expect(parse(damaged).success).toBe(false);
    }
  });
});
