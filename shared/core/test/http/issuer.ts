import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** `undefined` leaves a claim out. */
export type Claims = { readonly [Name in keyof JWTPayload]?: JWTPayload[Name] | undefined };

/** An authorization server of one test: metadata, keys, and whatever tokens the test wants signed. */
export async function startIssuer() {
  const keys = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>>();
  const addKey = async (kid: string) => void keys.set(kid, await generateKeyPair('ES256', { extractable: true }));
  await addKey('first');
  const asked: string[] = [];
  let metadata: Readonly<Record<string, unknown>> | undefined;
  let broken = false;
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '');
    const answer = async (): Promise<unknown> => {
      if (incoming.url === '/keys') {
        return {
          keys: await Promise.all(
            [...keys].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
          ),
        };
      }
      return incoming.url === '/.well-known/oauth-authorization-server' ? metadata : undefined;
    };
    const send = async (): Promise<void> => {
      const value = await answer();
      outgoing.writeHead(broken ? 500 : value === undefined ? 404 : 200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(value ?? {}));
    };
    void send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  metadata = { issuer, jwks_uri: `${issuer}/keys` };
  const audience = 'https://notes.example/mcp';
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (more: Claims = {}): JWTPayload => ({
    iss: issuer,
    aud: audience,
    sub: 'alice',
    exp: now() + 600,
    scope: 'mcp:read',
    ...(more as JWTPayload),
  });
  return {
    issuer,
    audience,
    asked,
    argv: ['--oauth-issuer', issuer, '--oauth-audience', audience],
    addKey,
    claims,
    keysAsked: () => asked.filter((path) => path === '/keys').length,
    breakDown: (now: boolean) => void (broken = now),
    describe: (value: Readonly<Record<string, unknown>>) => void (metadata = value),
    publicKey: (kid: string) => keys.get(kid)!.publicKey,
    token: (more: Claims = {}, kid = 'first') =>
      new SignJWT(claims(more)).setProtectedHeader({ alg: 'ES256', kid }).sign(keys.get(kid)!.privateKey),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
