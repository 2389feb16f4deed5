import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { SentryDouble } from '../src/sentry/types.ts';
import { ask, record, rows } from './sentry-client.ts';
import { doubles, hour } from './sentry-double.ts';

const start = doubles();
const id = '1234567890abcdef1234567890abcdef';

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

function envelope(event: Readonly<Record<string, unknown>>): string {
  const payload = JSON.stringify({ event_id: id, level: 'info', environment: 'ingest-check', ...event });
  const headers = { event_id: event['event_id'] ?? id };
  return `${JSON.stringify(headers)}\n${JSON.stringify({ type: 'event', length: Buffer.byteLength(payload) })}\n${payload}\n`;
}

/** As an SDK sends it: the key in the query. */
function send(
  dsn: string,
  text: string,
  options: { readonly project?: string; readonly gzip?: boolean } = {},
): Promise<Sent> {
  const url = new URL(dsn);
  const [key, project] = [url.username, options.project ?? url.pathname.split('/').at(-1)];
  const path = `${url.pathname.split('/').slice(0, -1).join('/')}/api/${project}/envelope/?sentry_key=${key}&sentry_version=7`;
  return new Promise((resolve, reject) => {
    const headers = options.gzip ? { 'content-encoding': 'gzip' } : {};
    const sent = request(`${url.origin}${path}`, { method: 'POST', headers, agent: false }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part: string) => (answer += part));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(answer) }),
      );
    });
    sent.once('error', reject);
    sent.end(options.gzip ? gzipSync(text) : text);
  });
}

async function eventStatus(double: SentryDouble, event = id): Promise<number> {
  return (await ask(double, `/api/0/projects/acme/a/events/${event}/`)).status;
}

describe('an envelope', () => {
  test('becomes a visible event in an issue after the delay', async () => {
    const double = await start({ basePath: '/sentry' });
    double.world.addProject('a');
    double.world.ingest.delayMs = 5000;
    const text = envelope({ message: 'ingest check 7', fingerprint: ['check', '7'], tags: { synthetic: 'true' } });
    expect(await send(double.dsn('a'), text)).toMatchObject({ status: 200, body: { id } });
    expect(await eventStatus(double)).toBe(404);
    expect(rows(await ask(double, 'issues/?query='))).toEqual([]);
    double.clock.advance(5000);
    expect(await eventStatus(double)).toBe(200);
    const group = record((await ask(double, `eventids/${id}/`)).body)['groupId'];
    expect(rows(await ask(double, 'issues/?query=synthetic:true'))).toMatchObject([
      { id: group, title: 'ingest check 7', level: 'info', substatus: 'new', count: '1' },
    ]);
    expect(double.envelopes).toMatchObject([{ status: 200, items: [{ payload: { message: 'ingest check 7' } }] }]);
    expect(double.violations).toEqual([]);
  });

  test('of the same fingerprint joins the issue, and opens it again when it was resolved', async () => {
    const double = await start();
    double.world.addProject('a');
    const event = { fingerprint: ['disk full'], message: 'disk full', level: 'error' };
    await send(double.dsn('a'), envelope(event));
    const [issue] = double.world.state.issues;
    await ask(double, `issues/?id=${issue?.id}`, { method: 'PUT', body: { status: 'resolved' } });
    double.clock.advance(1000);
    await send(double.dsn('a'), envelope({ ...event, event_id: 'f'.repeat(32) }), { gzip: true });
    expect(double.world.state.issues).toHaveLength(1);
    expect(issue).toMatchObject({ status: 'unresolved', substatus: 'regressed' });
    expect((await ask(double, `issues/${issue?.id}/`)).body).toMatchObject({ count: '2' });
    expect(double.violations).toEqual([]);
  });

  test('with an unknown or inactive key, or for another project, is refused by 403', async () => {
    const double = await start();
    const { world } = double;
    world.addProject('a', { key: false });
    const key = world.addKey('a', { active: false });
    const other = world.addProject('b');
    const text = envelope({ message: 'x' });
    expect((await send(double.dsn('a'), text)).status).toBe(403);
    expect((await send(double.dsn('a').replace(key.publicKey, 'c'.repeat(32)), text)).status).toBe(403);
    key.isActive = true;
    expect((await send(double.dsn('a'), text, { project: other.id })).status).toBe(403);
    expect((await send(double.dsn('a'), text)).status).toBe(200);
  });

  test('is limited by key and by organization, cut by size, filtered, or lost', async () => {
    const double = await start();
    const { world } = double;
    world.addProject('a', { key: false });
    world.addKey('a', { rateLimit: { window: 60, count: 1 } });
    const text = envelope({ message: 'x' });
    expect((await send(double.dsn('a'), text)).status).toBe(200);
    const limited = await send(double.dsn('a'), text);
    expect([limited.status, limited.headers['x-sentry-rate-limits']]).toEqual([429, '60:error;default:key:key_quota']);
    double.clock.advance(61_000);
    world.ingest.rateLimited = { seconds: 30, reason: 'org_quota' };
    expect((await send(double.dsn('a'), text)).status).toBe(429);
    world.ingest.rateLimited = undefined;
    world.ingest.maxBytes = 10;
    expect((await send(double.dsn('a'), text)).status).toBe(413);
    world.ingest.maxBytes = 1_000_000;
    world.ingest.filtered = 'error-message';
    const unseen = envelope({ event_id: 'd'.repeat(32), message: 'y' });
    expect((await send(double.dsn('a'), unseen)).status).toBe(200);
    expect(await eventStatus(double, 'd'.repeat(32))).toBe(404);
    const query = 'stats_v2/?field=sum(quantity)&groupBy=outcome&groupBy=reason&statsPeriod=1h&category=error';
    const groups = record((await ask(double, query)).body)['groups'] as Record<string, unknown>[];
    expect(groups.map((each) => [each['by'], each['totals']])).toEqual([
      [{ outcome: 'accepted', reason: 'none' }, { 'sum(quantity)': 1 }],
      [{ outcome: 'rate_limited', reason: 'key_quota' }, { 'sum(quantity)': 1 }],
      [{ outcome: 'rate_limited', reason: 'org_quota' }, { 'sum(quantity)': 1 }],
      [{ outcome: 'invalid', reason: 'too_large' }, { 'sum(quantity)': 1 }],
      [{ outcome: 'filtered', reason: 'error-message' }, { 'sum(quantity)': 1 }],
    ]);
    double.clock.advance(hour);
    world.ingest.filtered = undefined;
    world.ingest.lost = true;
    expect((await send(double.dsn('a'), unseen)).status).toBe(200);
    expect(await eventStatus(double, 'd'.repeat(32))).toBe(404);
    expect(double.violations).toEqual([]);
  });
});
