import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { errorOf, textOf } from '../../src/testing/client.ts';
import { fakeClock } from '../../src/testing/clock.ts';
import { type Claims, startIssuer } from './issuer.ts';
import { startNotebook } from './notebook-http.ts';
import { raw, rawCall } from './raw.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the issuer', () => {
  test('is served, capped by its scope, and recorded as its subject', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: [...issuer.argv, '--allow', 'destructive'] });
    const writer = await served.client('modern', await issuer.token({ scope: 'openid mcp:read mcp:write' }));
    const added = await writer.callTool({ name: 'note_add', arguments: { name: 'third', text: 'three' } });
    expect(added.isError).toBeUndefined();
    const reader = await served.client(
      'legacy',
      await issuer.token({ sub: 'bob', scp: ['mcp:read'], scope: undefined }),
    );
    expect(textOf(await reader.callTool({ name: 'note_list', arguments: {} }))).toContain('3 notes');
    const refused = await reader.callTool({ name: 'note_add', arguments: { name: 'fourth', text: 'four' } });
    expect(errorOf(refused)?.code).toBe('not_allowed');
    expect(textOf(refused)).toContain('mcp:write');
    const actors = (await served.events()).flatMap(({ actor }) =>
      actor?.auth === undefined ? [] : [`${actor.sub} ${actor.role}`],
    );
    expect(new Set(actors)).toEqual(new Set(['oauth:alice write', 'oauth:bob read']));
  });

  test('within a minute of its expiry is still good, as clocks differ', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: issuer.argv });
    const now = Math.floor(Date.now() / 1000);
    expect((await rawCall(served.port, bearer(await issuer.token({ exp: now - 30 })))).status).toBe(200);
    expect((await rawCall(served.port, bearer(await issuer.token({ exp: now - 90 })))).status).toBe(401);
  });

  test('never reaches a handler or the log', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: [...issuer.argv, '--log-level', 'debug'] });
    const token = await issuer.token();
    expect((await rawCall(served.port, bearer(token))).status).toBe(200);
    expect(JSON.stringify(await served.events()) + served.stderr()).not.toContain(token.slice(-40));
  });

  test('works beside MCP_AUTH_TOKEN, under another principal', async () => {
    await using issuer = await startIssuer();
    const fixed = 'f'.repeat(20);
    await using served = await startNotebook({ argv: issuer.argv, env: { MCP_AUTH_TOKEN: `alice:read:${fixed}` } });
    expect((await rawCall(served.port, bearer(fixed))).status).toBe(200);
    expect((await rawCall(served.port, bearer(await issuer.token()))).status).toBe(200);
    const subjects = (await served.events()).filter(({ type }) => type === 'call').map(({ actor }) => actor?.sub);
    expect(subjects).toEqual(['token:alice', 'oauth:alice']);
  });
});

describe('is refused with 401:', () => {
  const refused = async (make: (issuer: Awaited<ReturnType<typeof startIssuer>>) => Promise<string>) => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: issuer.argv });
    const answer = await rawCall(served.port, bearer(await make(issuer)));
    expect(answer.status).toBe(401);
    expect((await served.events()).map(({ type }) => type)).toEqual(['log.start', 'auth']);
    return String(answer.headers['www-authenticate']);
  };
  const wrongClaims: readonly [string, Claims, string][] = [
    ['another audience', { aud: 'https://other.example/mcp' }, 'another audience'],
    ['no audience', { aud: undefined }, 'another audience'],
    ['another issuer', { iss: 'https://other.example' }, 'another issuer'],
    ['no expiry', { exp: undefined }, 'no expiry'],
    ['no subject', { sub: undefined }, 'no subject'],
    ['a subject with control characters', { sub: 'a\nb' }, 'no subject'],
    ['a time to come', { nbf: Math.floor(Date.now() / 1000) + 600 }, 'not valid yet'],
  ];

  test.each(wrongClaims)('%s', async (_name, claims, why) => {
    const challenge = await refused((issuer) => issuer.token(claims));
    expect(challenge).toContain('error="invalid_token"');
    expect(challenge).toContain(why);
  });

  test('alg none', async () => {
    const unsigned = async ({ claims }: { claims: () => JWTPayload }) => `${part({ alg: 'none' })}.${part(claims())}.`;
    expect(await refused(unsigned)).toContain('algorithm');
  });

  test('HS256 with the public key as its secret', async () => {
    const challenge = await refused(async (issuer) => {
      const secret = await exportSPKI(issuer.publicKey('first'));
      const signed = `${part({ alg: 'HS256', kid: 'first' })}.${part(issuer.claims())}`;
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    });
    expect(challenge).toContain('algorithm');
  });

  test('a stranger’s key under a known name', async () => {
    const challenge = await refused(async (issuer) => {
      const { privateKey } = await generateKeyPair('ES256');
      return new SignJWT(issuer.claims()).setProtectedHeader({ alg: 'ES256', kid: 'first' }).sign(privateKey);
    });
    expect(challenge).toContain('signature');
  });

  test('a key that the token brings along', async () => {
    const challenge = await refused(async (issuer) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      const { exportJWK } = await import('jose');
      const header = { alg: 'ES256', jwk: await exportJWK(publicKey), kid: 'own', jku: `${issuer.issuer}/theirs` };
      return new SignJWT(issuer.claims()).setProtectedHeader(header).sign(privateKey);
    });
    expect(challenge).toContain('no such key');
  });

  test('junk', async () => {
    for (const token of ['junk', 'a.b.c', `${part({})}.${part({})}.x`]) {
      expect(await refused(async () => token)).toContain('cannot be read');
    }
  });
});

test('a token without a scope of this server is refused with 403', async () => {
  await using issuer = await startIssuer();
  await using served = await startNotebook({ argv: issuer.argv });
  const answer = await rawCall(served.port, bearer(await issuer.token({ scope: 'openid mcp:everything' })));
  expect(answer.status).toBe(403);
  expect(answer.headers['www-authenticate']).toMatch(/error="insufficient_scope", scope="mcp:read"/);
});

test('a client without a token is led to the issuer', async () => {
  await using issuer = await startIssuer();
  await using served = await startNotebook({ argv: issuer.argv });
  const { status, headers } = await rawCall(served.port);
  expect(status).toBe(401);
  const address = 'https://notes.example/.well-known/oauth-protected-resource/mcp';
  expect(headers['www-authenticate']).toBe(`Bearer resource_metadata="${address}"`);
  for (const path of ['/.well-known/oauth-protected-resource', new URL(address).pathname]) {
    expect((await raw({ port: served.port, path })).json).toEqual({
      resource: issuer.audience,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['mcp:read', 'mcp:write', 'mcp:destructive'],
      bearer_methods_supported: ['header'],
      resource_name: 'Notebook',
    });
  }
});

describe('keys', () => {
  test('are fetched once, and an unknown name makes them be fetched again only once a minute', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: issuer.argv });
    for (let call = 0; call < 3; call += 1) await rawCall(served.port, bearer(await issuer.token()));
    expect(issuer.keysAsked()).toBe(1);
    await issuer.addKey('second');
    for (let call = 0; call < 3; call += 1) {
      expect((await rawCall(served.port, bearer(await issuer.token({}, 'second')))).status).toBe(401);
    }
    expect(issuer.keysAsked()).toBe(1);
    const later = Date.now() + 61_000;
    const now = vi.spyOn(Date, 'now').mockImplementation(() => later);
    try {
      expect((await rawCall(served.port, bearer(await issuer.token({}, 'second')))).status).toBe(200);
      expect(issuer.keysAsked()).toBe(2);
    } finally {
      now.mockRestore();
    }
  });

  test('are looked for where --oauth-jwks says', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: [...issuer.argv, '--oauth-jwks', `${issuer.issuer}/keys`] });
    expect((await rawCall(served.port, bearer(await issuer.token()))).status).toBe(200);
    expect(issuer.asked).toEqual(['/keys']);
  });

  test('that cannot be had are no fault of the token: 503, and it is not asked again at once', async () => {
    await using issuer = await startIssuer();
    const clock = fakeClock(Date.now());
    await using served = await startNotebook({ argv: issuer.argv, clock });
    const token = await issuer.token();
    issuer.breakDown(true);
    expect(await rawCall(served.port, bearer(token))).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    const { length } = issuer.asked;
    expect((await rawCall(served.port, bearer(token))).status).toBe(503);
    expect(issuer.asked).toHaveLength(length);
    issuer.breakDown(false);
    clock.advance(5000);
    expect((await rawCall(served.port, bearer(token))).status).toBe(200);
  });

  test('asked for in vain by an odd token are still there for others', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: issuer.argv });
    const odd = `${part({ alg: 'RS256', kid: 'first' })}.${part(issuer.claims())}.${part('x')}`;
    expect((await rawCall(served.port, bearer(odd))).status).toBe(401);
    expect((await rawCall(served.port, bearer(await issuer.token()))).status).toBe(200);
  });

  test('are not taken from metadata of another issuer, or from an address that is not safe', async () => {
    await using issuer = await startIssuer();
    await using served = await startNotebook({ argv: issuer.argv });
    issuer.describe({ issuer: 'https://other.example', jwks_uri: `${issuer.issuer}/keys` });
    expect((await rawCall(served.port, bearer(await issuer.token()))).status).toBe(503);
    await using other = await startNotebook({ argv: issuer.argv });
    issuer.describe({ issuer: issuer.issuer, jwks_uri: 'http://keys.example/keys' });
    expect((await rawCall(other.port, bearer(await issuer.token()))).status).toBe(503);
    expect(issuer.keysAsked()).toBe(0);
  });
});
