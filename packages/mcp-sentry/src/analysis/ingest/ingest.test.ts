import { findings } from '@cinecom/mcp-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dsn, SendOutcome } from '../../model/ingest.ts';
import type { ClientKey } from '../../model/usage.ts';
import { addedDrops, causeOf, type IngestReading } from './cause.ts';
import { ownerOf } from './dsn-owner.ts';
import { isReadable, isSameServer, organizationOfHost, parseDsn } from './dsn.ts';
import { judgeIngest } from './judge-ingest.ts';

const key = 'a1'.repeat(16);
const dsnOf = (text: string): Dsn => {
  const read = parseDsn(text);
  if (read.kind !== 'dsn') throw new Error(`${read.kind}: ${read.why}`);
  return read.dsn;
};

describe('a DSN', () => {
  it('is taken apart', () => {
    expect(dsnOf(` https://${key}@o42.ingest.us.sentry.io/4505 `)).toEqual({
      text: `https://${key}@o42.ingest.us.sentry.io/4505`,
      protocol: 'https:',
      publicKey: key,
      host: 'o42.ingest.us.sentry.io',
      path: '',
      projectId: '4505',
    });
  });

  it('of a self-hosted server keeps port and path, and its old secret is left behind', () => {
    const dsn = dsnOf(`http://${key}:verysecret@sentry.internal:9000/base/path/7`);
    expect(dsn).toMatchObject({ host: 'sentry.internal:9000', path: '/base/path', projectId: '7' });
    expect(JSON.stringify(dsn)).not.toContain('verysecret');
  });

  it.each([
    '',
    '  ',
    'xxxxx',
    'XXXXX',
    'YOUR_DSN',
    'your-sentry-dsn',
    '<your dsn>',
    '${SENTRY_DSN}',
    '$SENTRY_DSN',
    'example',
    '...',
    'https://<key>@sentry.io/1',
    'https://xxxxx@sentry.io/1',
    'https://xxxx@xxxx.ingest.sentry.io/xxxx',
    'https://examplePublicKey@o0.ingest.sentry.io/0',
    'https://KEY@HOST/PROJECT',
    'https://public_key@sentry.io/1',
  ])('that is the placeholder %j counts as unset', (text) => {
    expect(parseDsn(text).kind).toBe('unset');
  });

  it.each([
    ['sentry.io', 'is no address'],
    [`ftp://${key}@sentry.io/1`, 'begins with neither'],
    ['https://sentry.io/1', 'has no public key'],
    [`https://${key}@sentry.io/movie-service`, 'number of a project'],
    [`https://${key}@sentry.io/`, 'number of a project'],
    [`https://a-b%20c@sentry.io/1`, 'other characters'],
  ])('that is wrong is told so: %s', (text, why) => {
    const read = parseDsn(text);
    expect(read).toMatchObject({ kind: 'wrong' });
    expect(read.kind === 'wrong' && read.why).toContain(why);
  });

  it('is read again as the same, and no text makes reading fail', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9a-f]{32}$/),
        fc.domain(),
        fc.integer({ min: 1, max: 1e9 }),
        (publicKey, host, id) => {
          fc.pre(!/^[0x]+$/.test(publicKey) && !host.startsWith('xxx'));
          const dsn = dsnOf(`https://${publicKey}@${host}/${id}`);
          expect(dsnOf(dsn.text)).toEqual(dsn);
        },
      ),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) =>
        ['dsn', 'unset', 'wrong'].includes(parseDsn(text).kind),
      ),
    );
  });

  it.each([
    ['o42.ingest.us.sentry.io', 'https://sentry.io', true],
    ['o42.ingest.sentry.io', 'https://acme.sentry.io', true],
    ['sentry.io', 'https://sentry.io/', true],
    ['evilsentry.io', 'https://sentry.io', false],
    ['sentry.io.evil.example', 'https://sentry.io', false],
    ['sentry.internal:9000', 'http://sentry.internal:9000/base', true],
    ['sentry.internal', 'http://sentry.internal:9000', false],
    ['o42.ingest.sentry.io', 'https://sentry.internal', false],
    ['sentry.io', 'nonsense', false],
  ])('of %s belongs to %s: %s', (host, base, expected) => {
    expect(isSameServer(dsnOf(`https://${key}@${host}/1`), base)).toBe(expected);
  });

  it('tells its organization, and whether others can read what it sends', () => {
    expect(organizationOfHost(dsnOf(`https://${key}@o42.ingest.de.sentry.io/1`))).toBe('42');
    expect(organizationOfHost(dsnOf(`https://${key}@o42.ingest.evil.io/1`))).toBeUndefined();
    expect(isReadable(dsnOf(`http://${key}@sentry.internal/1`))).toBe(true);
    expect(isReadable(dsnOf(`http://${key}@127.0.0.1:9000/1`))).toBe(false);
    expect(isReadable(dsnOf(`https://${key}@sentry.internal/1`))).toBe(false);
  });
});

const project = {
  id: '1',
  slug: 'movie',
  platform: undefined,
  teams: [],
  firstEventAt: undefined,
  latestRelease: undefined,
};
const clientKey = (rest: Partial<ClientKey> = {}): ClientKey => ({
  id: 'k',
  label: undefined,
  publicKey: key,
  projectId: '1',
  dsn: undefined,
  isActive: true,
  rateLimit: undefined,
  ...rest,
});

describe('the owner of a DSN', () => {
  const dsn = dsnOf(`https://${key}@sentry.io/1`);
  it.each([
    ['the project of its key', [clientKey()], [project], 'found'],
    ['the project where keys cannot be read', undefined, [project], 'found'],
    ['nobody where the key was deleted', [clientKey({ publicKey: 'b' })], [project], 'unknown_key'],
    ['another project than it says', [clientKey({ projectId: '2' })], [project], 'wrong_project'],
    ['another organization', [clientKey({ publicKey: 'b' })], [{ ...project, id: '9' }], 'other_organization'],
    ['another organization where keys cannot be read', undefined, [], 'other_organization'],
  ])('is %s', (_name, keys, projects, kind) => {
    expect(ownerOf(dsn, keys, projects).kind).toBe(kind);
  });
});

describe('an ingest check', () => {
  const send = (rest: Partial<SendOutcome> = {}): SendOutcome => ({
    eventId: 'e'.repeat(32),
    statusCode: 200,
    rateLimits: undefined,
    retryAfter: undefined,
    tookMs: 120,
    sentAt: 0,
    ...rest,
  });
  const reading = (rest: Partial<IngestReading> = {}): IngestReading => ({
    owner: { kind: 'found', key: clientKey(), project },
    send: send(),
    visibleAfterMs: undefined,
    waitedMs: 40_000,
    drops: [],
    filters: [],
    ...rest,
  });
  const cases: readonly (readonly [string, Partial<IngestReading>, string, string])[] = [
    ['visible', { visibleAfterMs: 3000 }, 'visible', 'ok'],
    ['visible at the threshold', { visibleAfterMs: 30_000 }, 'visible', 'ok'],
    ['late', { visibleAfterMs: 30_001 }, 'late', 'warning'],
    ['accepted and not seen', {}, 'not_yet_visible', 'unknown'],
    ['not arrived', { send: send({ statusCode: undefined }) }, 'refused_connection', 'critical'],
    [
      'limited at once',
      { send: send({ statusCode: 429, rateLimits: '60:error:key', retryAfter: '60' }) },
      'rate_limited',
      'critical',
    ],
    [
      'limited later',
      {
        owner: { kind: 'found', key: clientKey({ rateLimit: { count: 10, windowSeconds: 60 } }), project },
        drops: [{ outcome: 'rate_limited', reason: 'key_quota', total: 1 }],
      },
      'rate_limited',
      'critical',
    ],
    [
      'filtered',
      {
        drops: [{ outcome: 'filtered', reason: 'error-message', total: 1 }],
        filters: [{ id: 'error-message', isActive: true }],
      },
      'filtered',
      'critical',
    ],
    [
      'of an inactive key',
      { owner: { kind: 'found', key: clientKey({ isActive: false }), project }, send: send({ statusCode: 403 }) },
      'inactive_key',
      'critical',
    ],
    [
      'of a deleted key',
      { owner: { kind: 'unknown_key', project }, send: send({ statusCode: 403 }) },
      'unknown_key',
      'critical',
    ],
    [
      'of the wrong project',
      { owner: { kind: 'wrong_project', key: clientKey(), project }, send: send({ statusCode: 403 }) },
      'wrong_project',
      'critical',
    ],
    ['of another organization', { owner: { kind: 'other_organization' } }, 'other_organization', 'critical'],
    ['too large', { send: send({ statusCode: 413 }) }, 'too_large', 'critical'],
    ['invalid', { send: send({ statusCode: 400 }) }, 'invalid', 'critical'],
    ['refused for no known reason', { send: send({ statusCode: 403 }) }, 'refused', 'critical'],
    ['met by a broken relay', { send: send({ statusCode: 502 }) }, 'refused', 'critical'],
  ];

  it.each(cases)('of an event that is %s tells it apart', (_name, change, cause, verdict) => {
    const judged = judgeIngest(reading(change), 'movie');
    expect(judged.cause).toBe(cause);
    const report = findings({
      summary: judged.summary,
      findings: judged.findings,
      notExamined: judged.missing,
      window: 'now',
    });
    expect(report.verdict).toBe(verdict);
    expect(judged.findings.every(({ evidence, fix }) => evidence !== '' && fix !== '')).toBe(true);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['filtered', ['error-message', 'ip-address', 'discarded-hash'], ['web-crawlers', 'localhost', 'release-version']],
    ['invalid', ['internal', 'timestamp', 'too_large:event', 'project_state'], ['cors', 'security_report', 'payload']],
    ['rate_limited', ['org_quota', 'project_quota', 'usage_exceeded', ''], ['key_quota']],
    ['abuse', ['project_abuse_limit'], []],
    ['client_discard', [], ['backpressure']],
  ])('counts as its own what of %s can have met its event, and tells the rest', (outcome, own, others) => {
    for (const reason of own) {
      const judged = judgeIngest(reading({ drops: [{ outcome, reason, total: 1 }] }), 'movie');
      expect([reason, judged.cause === 'not_yet_visible', judged.ofOthers]).toEqual([reason, false, []]);
    }
    for (const reason of others) {
      const judged = judgeIngest(reading({ drops: [{ outcome, reason, total: 7 }] }), 'movie');
      expect(judged).toMatchObject({ cause: 'not_yet_visible', ofOthers: [`${outcome} ${reason} +7`] });
    }
  });

  it('takes the limit of a key for that of another where its own has none, and for its own where it is not known', () => {
    const drops = [{ outcome: 'rate_limited', reason: 'key_quota', total: 1 }];
    expect(causeOf(reading({ drops, owner: { kind: 'found', key: undefined, project } }))).toBe('rate_limited');
    expect(causeOf(reading({ drops }))).toBe('not_yet_visible');
  });

  it('tells limit and filter with their figures', () => {
    const limited = judgeIngest(
      reading({
        ...cases[5]![1],
        owner: { kind: 'found', key: clientKey({ rateLimit: { count: 10, windowSeconds: 60 } }), project },
      }),
      'movie',
    );
    expect(limited.findings[0]?.evidence).toBe(
      'status 429, limits 60:error:key, retry after 60 s, the key takes 10 events in 1 min',
    );
    const filtered = judgeIngest(reading(cases[7]![1]), 'movie');
    expect(filtered.findings[0]?.evidence).toBe('status 200, filtered error-message +1, active filters error-message');
  });

  it('is never ok unless the event was seen', () => {
    const status = fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined });
    fc.assert(
      fc.property(
        status,
        fc.constantFrom('accepted', 'constructor', 'client_discard', 'filtered'),
        fc.nat(5),
        (statusCode, outcome, total) => {
          const one = reading({ send: send({ statusCode }), drops: [{ outcome, reason: undefined, total }] });
          expect(['visible', 'late']).not.toContain(causeOf(one));
          const judged = judgeIngest(one, 'movie');
          expect(
            findings({ summary: '', findings: judged.findings, notExamined: judged.missing, window: 'now' }).verdict,
          ).not.toBe('ok');
        },
      ),
    );
  });

  it('takes only what was added after the event left', () => {
    const before = [{ outcome: 'filtered', reason: 'a', total: 5 }];
    const after = [
      { outcome: 'filtered', reason: 'a', total: 5 },
      { outcome: 'filtered', reason: undefined, total: 2 },
      { outcome: 'invalid', reason: 'a', total: 3 },
    ];
    expect(addedDrops(before, after).map(({ outcome, total }) => [outcome, total])).toEqual([
      ['invalid', 3],
      ['filtered', 2],
    ]);
    expect(addedDrops(after, after)).toEqual([]);
  });
});
