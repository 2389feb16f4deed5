import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, type RedisServer } from '@cinecom/testbed';
import { describeWithRedis } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, missingOpenssl } from '../http/certificates.ts';
import { codeFrom, outcome, redeem, replica, start } from './replica.ts';

const missing = missingOpenssl();
const skipped = missing !== undefined && process.env['TESTBED_REQUIRE'] !== 'all';
const note = skipped ? ` (skipped: ${missing})` : '';

// The plain one is the other side of the last test.
const suite: Parameters<typeof describeWithRedis>[2] = ({ server: plain }) => {
  const dir = mkdtempSync(join(tmpdir(), 'redis-tls-'));
  let ca = '';
  let encrypted: RedisServer | undefined;
  beforeAll(async () => {
    const authority = await createAuthority(dir, 'state');
    const { certFile, keyFile } = await authority.server();
    encrypted = await startRedis({ tls: { certFile, keyFile, caFile: authority.caFile }, password: 'over-tls-only' });
    ca = authority.ca;
  });
  afterAll(async () => {
    await encrypted?.stop();
    rmSync(dir, { recursive: true });
  });
  const at = (url: string, trusted?: string) =>
    replica({ url, server: 'mcp-x', clock: { now: () => start }, ...(trusted === undefined ? {} : { ca: trusted }) });

  it('is used by rediss://, its certificate checked', async () => {
    const url = encrypted?.url ?? '';
    expect(url).toMatch(/^rediss:/);
    expect(await redeem(at(url, ca), await codeFrom(at(url, ca)))).toBe('applied');
  });

  it('is refused when nobody we trust signed its certificate', async () => {
    const refused = await outcome(codeFrom(at(encrypted?.url ?? '')));
    expect(refused).toMatchObject({ code: 'state_unavailable' });
    expect(JSON.stringify(refused)).toMatch(
      /certificate of its Redis is not trusted \(SELF_SIGNED_CERT_IN_CHAIN\).*NODE_EXTRA_CA_CERTS/,
    );
    const other = await createAuthority(dir, 'other');
    expect(await outcome(codeFrom(at(encrypted?.url ?? '', other.ca)))).toMatchObject({ code: 'state_unavailable' });
  });

  it('is not mistaken for a plain one, nor a plain one for it', async () => {
    const [plainly, wrongly] = [encrypted?.url.replace('rediss:', 'redis:'), plain().url.replace('redis:', 'rediss:')];
    for (const url of [plainly ?? '', wrongly]) {
      expect(await outcome(codeFrom(at(url, ca)))).toMatchObject({ code: 'state_unavailable' });
    }
  });
};

describe.skipIf(skipped)(`certificates${note}`, () => {
  describeWithRedis({ control: true }, 'a Redis with TLS', suite);
});
