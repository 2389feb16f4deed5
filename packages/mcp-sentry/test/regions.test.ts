import {
  type Certificate,
  makeCertificate,
  missingOpenssl,
  type Proxy,
  type SentryDouble,
  type SentryOptions,
  startProxy,
  startSentry,
} from '@cinecom/testbed';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openBinary } from './support/binary.ts';

const missing = missingOpenssl();
const saas = 'https://sentry.io';

let certificate: Certificate;
beforeAll(async () => {
  if (missing === undefined)
    certificate = await makeCertificate({ names: ['sentry.io', '*.sentry.io', '*.ingest.de.sentry.io'] });
});
afterAll(() => certificate?.remove());

/** A double that speaks TLS under names of its own. */
async function secure(hosts: readonly string[], options: SentryOptions = {}): Promise<SentryDouble> {
  const sentry = await startSentry({ tls: certificate, hosts, ...options });
  onTestFinished(async () => {
    await sentry.stop();
    expect(sentry.violations).toEqual([]);
  });
  return sentry;
}

async function proxyTo(targets: Readonly<Record<string, number>>): Promise<Proxy> {
  const proxy = await startProxy(targets);
  onTestFinished(() => proxy.stop());
  return proxy;
}

const behind = (proxy: Proxy, more: Readonly<Record<string, string>> = {}) => ({
  HTTPS_PROXY: proxy.url,
  HTTP_PROXY: proxy.url,
  SENTRY_CA_FILE: certificate.caFile,
  ...more,
});

const pathsOf = ({ requests }: SentryDouble) => [...new Set(requests.map(({ path }) => path))];

/** sentry.io itself, and its regions in Germany and America. */
async function cloud({ takesEvents = true } = {}) {
  const main = await secure(['sentry.io']);
  const germany = await secure(['de.sentry.io', 'o77.ingest.de.sentry.io']);
  const america = await secure(['us.sentry.io']);
  main.world.addOrganization({ slug: 'kino', regionUrl: 'https://de.sentry.io' });
  main.world.addOrganization({ slug: 'movies', regionUrl: 'https://us.sentry.io' });
  germany.world.addOrganization({ slug: 'kino' });
  germany.world.addProject('saal-service', { organization: 'kino' });
  america.world.addOrganization({ slug: 'movies' });
  america.world.addProject('seat-service', { organization: 'movies' });
  const proxy = await proxyTo({
    'sentry.io:443': main.port,
    'de.sentry.io:443': germany.port,
    'us.sentry.io:443': america.port,
    ...(takesEvents ? { 'o77.ingest.de.sentry.io:443': germany.port } : {}),
  });
  const [key] = germany.world.state.keys;
  if (key === undefined) throw new Error('no key');
  const dsn = `https://${key.publicKey}@o77.ingest.de.sentry.io/${key.project.id}`;
  return { main, germany, america, proxy, dsn, where: { url: saas, token: main.token } };
}

describe.skipIf(missing !== undefined)('sentry.io through a proxy', () => {
  it('reads each organisation in its own region, and contacts nothing else', async () => {
    const { main, germany, america, proxy, where } = await cloud();
    await using client = await openBinary(where, { env: behind(proxy) });
    expect(await client.refusal('sentry_projects')).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('acme, kino, movies') as string,
    });
    expect(await client.ask('sentry_projects', { organization: 'kino' })).toContain('saal-service');
    expect(await client.ask('sentry_projects', { organization: 'movies' })).toContain('seat-service');
    expect(pathsOf(main).filter((path) => !/organizations\/(kino\/|movies\/)?$/.test(path))).toEqual(['/api/0/']);
    expect(pathsOf(germany).every((path) => path.includes('kino'))).toBe(true);
    expect(pathsOf(america).every((path) => path.includes('movies'))).toBe(true);
    expect(proxy.refused).toEqual([]);
    expect(new Set(proxy.connects)).toEqual(new Set(['sentry.io:443', 'de.sentry.io:443', 'us.sentry.io:443']));
  });

  it('sends an event to the host of the DSN alone, without the token', async () => {
    const { main, germany, america, proxy, dsn, where } = await cloud();
    const env = behind(proxy, { SENTRY_ORG: 'kino', MCP_ALLOW: 'write', MCP_CONFIRM: 'never' });
    await using client = await openBinary(where, { env, argv: ['--dsn', dsn] });
    expect(await client.ask('sentry_check_ingest', { wait: 10 })).toMatch(/^OK: an error would be seen/m);
    expect(germany.envelopes.map(({ status }) => status)).toEqual([200]);
    const sent = germany.requests.filter(({ path }) => path.endsWith('/envelope/'));
    expect(sent).toHaveLength(1);
    expect(JSON.stringify(sent[0]?.headers)).not.toContain(where.token);
    expect([main, america].flatMap(({ envelopes }) => envelopes)).toEqual([]);
    expect(proxy.refused).toEqual([]);
    expect(proxy.connects.filter((name) => name.startsWith('o77'))).toHaveLength(1);
  });

  it('tells a proxy that lets no event through from a key that Sentry refuses', async () => {
    const { germany, proxy, dsn, where } = await cloud({ takesEvents: false });
    const env = behind(proxy, { SENTRY_ORG: 'kino', MCP_ALLOW: 'write', MCP_CONFIRM: 'never' });
    await using client = await openBinary(where, { env, argv: ['--dsn', dsn] });
    expect(await client.ask('sentry_check_ingest')).toMatch(
      /^CRITICAL: an error would be lost: the event never arrived/m,
    );
    expect(proxy.refused).toEqual(['o77.ingest.de.sentry.io:443']);
    expect(germany.envelopes).toEqual([]);
  });

  it.each([
    'https://evil.example',
    'https://sentry.io.evil.example',
    'https://evilsentry.io',
    'http://de.sentry.io',
    'https://de.sentry.io:8443',
    'https://de.sentry.io@evil.example',
    'file:///etc/passwd',
    'de.sentry.io',
    '',
  ])('does not believe in a region at %j', async (regionUrl) => {
    const main = await secure(['sentry.io']);
    main.world.addOrganization({ slug: 'kino', regionUrl });
    main.world.addProject('saal-service', { organization: 'kino' });
    const proxy = await proxyTo({ 'sentry.io:443': main.port });
    const where = { url: saas, token: main.token };
    await using client = await openBinary(where, { env: behind(proxy, { SENTRY_ORG: 'kino' }) });
    expect(await client.ask('sentry_projects')).toContain('saal-service');
    expect(proxy.refused).toEqual([]);
    expect(new Set(proxy.connects)).toEqual(new Set(['sentry.io:443']));
  });

  it('tells a proxy that refuses from a Sentry that does', async () => {
    const proxy = await proxyTo({});
    const env = behind(proxy, { SENTRY_ORG: 'kino', MCP_ALLOW: 'write', MCP_CONFIRM: 'never' });
    const dsn = 'https://0123456789abcdef0123456789abcdef@o77.ingest.de.sentry.io/5';
    await using client = await openBinary({ url: saas, token: 'sntryu_any' }, { env, argv: ['--dsn', dsn] });
    for (const [tool, args] of [
      ['sentry_projects', {}],
      ['sentry_triage_issues', { issues: ['4711'], status: 'resolved' }],
    ] as const) {
      expect(await client.refusal(tool, args)).toMatchObject({
        code: 'backend_unreachable',
        text: expect.stringContaining('the proxy leads to no Sentry at https://sentry.io: it answered 403') as string,
      });
    }
    expect(new Set(proxy.refused)).toEqual(new Set(['sentry.io:443']));
  });

  it('trusts no other authority than the one it is told', async () => {
    const { main, proxy, where } = await cloud();
    await using client = await openBinary(where, { env: { HTTPS_PROXY: proxy.url } });
    expect(await client.refusal('sentry_projects')).toMatchObject({
      code: 'backend_unreachable',
      text: expect.stringContaining('--ca-file') as string,
    });
    expect(main.requests).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)('a server of one’s own', () => {
  it('is never left for a region that it names, and reached as NO_PROXY says', async () => {
    const own = await secure([], { mode: 'self-hosted' });
    own.world.addOrganization({ slug: 'kino', regionUrl: 'https://de.sentry.io' });
    own.world.addProject('saal-service', { organization: 'kino' });
    const host = `127.0.0.1:${own.port}`;
    for (const [noProxy, connects] of [
      ['example.com', [host]],
      ['127.0.0.1', []],
      ['*', []],
    ] as const) {
      const proxy = await proxyTo({ [host]: own.port });
      const env = behind(proxy, { SENTRY_ORG: 'kino', NO_PROXY: noProxy });
      await using client = await openBinary(own, { env });
      expect(await client.ask('sentry_projects')).toContain('saal-service');
      expect([...new Set(proxy.connects)]).toEqual(connects);
      expect(proxy.refused).toEqual([]);
    }
  });

  it('is sent events the way that it is asked, whatever the SDK makes of the variables', async () => {
    const own = await secure([], { mode: 'self-hosted' });
    own.world.addProject('saal-service');
    const proxy = await proxyTo({});
    const variables = { http_proxy: proxy.url, https_proxy: proxy.url, NO_PROXY: '127.0.0.1, .example.com' };
    const env = { ...variables, SENTRY_CA_FILE: certificate.caFile, MCP_ALLOW: 'write', MCP_CONFIRM: 'never' };
    await using client = await openBinary(own, { env: { ...env, SENTRY_DSN: own.dsn('saal-service') } });
    expect(await client.ask('sentry_capture_event', { title: 'Disk full' })).toContain('visible after');
    expect(own.envelopes.map(({ status }) => status)).toEqual([200]);
    expect(proxy.connects).toEqual([]);
  });

  it('is asked in plain http through HTTP_PROXY, and says so where the proxy refuses', async () => {
    const own = await startSentry({ mode: 'self-hosted' });
    onTestFinished(() => own.stop());
    const proxy = await proxyTo({});
    await using client = await openBinary(own, { env: { HTTP_PROXY: proxy.url } });
    expect((await client.refusal('sentry_projects')).code).toMatch(/^backend_/);
    expect(proxy.refused[0]).toBe(`GET ${own.url}/api/0/organizations/?per_page=100`);
    expect(own.requests).toEqual([]);
  });
});
