import { writeFile } from 'node:fs/promises';
import { Agent, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTlsRenewal } from '../../src/serve/http/tls-renewal.ts';
import { tempState, type TempState } from '../../src/testing/temp-state.ts';
import { createAuthority, type Issued, missingOpenssl } from './certificates.ts';
import { startNotebook } from './notebook-http.ts';
import { rawCall } from './raw.ts';

const refused = /certificate|hang up|ECONNRESET|EPIPE|alert|protocol/i;
const missing = missingOpenssl();
const skipped = missing !== undefined && process.env['TESTBED_REQUIRE'] !== 'all';

const note = skipped ? ` (skipped: ${missing})` : '';

describe.skipIf(skipped)(`TLS${note}`, () => {
  let state: TempState;
  let authority: Awaited<ReturnType<typeof createAuthority>>;
  let stranger: typeof authority;
  let own: Issued;
  let argv: readonly string[];

  beforeAll(async () => {
    state = await tempState();
    [authority, stranger] = await Promise.all([
      createAuthority(state.dir, 'ours'),
      createAuthority(state.dir, 'theirs'),
    ]);
    own = await authority.server();
    argv = ['--tls-cert', own.certFile, '--tls-key', own.keyFile];
  });
  afterAll(() => state.remove());

  test('serves over https, and nothing without it', async () => {
    await using served = await startNotebook({ argv });
    expect(served.url).toMatch(/^https:/);
    const answer = await rawCall(served.port, {}, { protocol: 'https:', ca: authority.ca });
    expect(answer.status).toBe(200);
    await expect(rawCall(served.port)).rejects.toThrow(/hang up|ECONNRESET/);
    const old = rawCall(served.port, {}, { protocol: 'https:', maxVersion: 'TLSv1.1', ca: authority.ca });
    await expect(old).rejects.toThrow(refused);
  });

  test('with --tls-client-ca only clients of that authority get through', async () => {
    await using served = await startNotebook({ argv: [...argv, '--tls-client-ca', authority.caFile] });
    const call = (who: Partial<Issued>, options: RequestOptions = {}) => {
      const { cert, key } = who;
      const common = { protocol: 'https:', ca: authority.ca, ...options };
      return rawCall(served.port, {}, cert && key ? { ...common, cert, key } : common);
    };
    expect((await call(await authority.client())).status).toBe(200);
    await expect(call(await stranger.client())).rejects.toThrow(refused);
    // With an agent the second connection resumes the session of the first, if it was given one.
    const agent = new Agent({ maxCachedSessions: 10 });
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(call({}, { agent })).rejects.toThrow(refused);
    agent.destroy();
    expect((await served.events()).filter(({ type }) => type === 'call')).toHaveLength(1);
  });

  test('files that are renewed are used for new connections, wrong ones are told and are not', async () => {
    const [cert, key] = [join(state.dir, 'live-cert.pem'), join(state.dir, 'live-key.pem')];
    const write = async (from: Issued) => {
      await writeFile(cert, from.cert);
      await writeFile(key, from.key);
    };
    await write(own);
    await using served = await startNotebook({ argv: ['--tls-cert', cert, '--tls-key', key] });
    const told: string[] = [];
    const renew = createTlsRenewal({
      core: served.runtime.core,
      around: { cwd: state.dir, env: {} },
      current: { cert: own.cert, key: own.key },
      use: (tls) => served.http.useTls(tls),
      log: (_level, text) => void told.push(text),
    });
    const issuedBy = async (ca: string) => (await rawCall(served.port, {}, { protocol: 'https:', ca })).status;
    await renew();
    expect(told).toEqual([]);
    await writeFile(cert, (await stranger.server()).cert);
    await renew();
    await renew();
    expect(told).toEqual([expect.stringContaining('--tls-cert and --tls-key do not work together')]);
    expect(await issuedBy(authority.ca)).toBe(200);
    await write(await stranger.server());
    await renew();
    expect(told).toHaveLength(2);
    expect(await issuedBy(stranger.ca)).toBe(200);
    await expect(issuedBy(authority.ca)).rejects.toThrow(refused);
  });

  test('a key of another certificate is told at start', async () => {
    const other = await stranger.server();
    const start = startNotebook({ argv: ['--tls-cert', own.certFile, '--tls-key', other.keyFile] });
    await expect(start).rejects.toThrow('--tls-cert and --tls-key do not work together');
  });
});
