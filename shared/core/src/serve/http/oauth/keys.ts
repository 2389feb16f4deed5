import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../define/call.ts';
import { isSafe, type OAuthConfig } from './config.ts';

const answerMs = 5000;
const pauseMs = 5000;
/** A token naming an unknown key makes the keys be fetched again, but no more often than this. */
const cooldownMs = 60_000;
const longestMetadata = 256 * 1024;

/** The authorization server, or its keys, cannot be had right now: says nothing about the token. */
export class IssuerUnavailable extends Error {}

/**
 * The issuer's signing keys, looked up when the first token comes; after a failure not again for 5 s.
 *
 * @throws IssuerUnavailable
 */
export function createIssuerKeys(config: OAuthConfig, loopback: boolean, clock: Clock): () => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined;
  let failedAt: number | undefined;
  const look = async (): Promise<JWTVerifyGetKey> => {
    const { createRemoteJWKSet } = await import('jose');
    const address = config.jwks ?? (await jwksOf(config.issuer, loopback));
    return createRemoteJWKSet(new URL(address), { timeoutDuration: answerMs, cooldownDuration: cooldownMs });
  };
  return () => {
    if (failedAt !== undefined && clock.now() - failedAt < pauseMs) {
      return Promise.reject(new IssuerUnavailable('the issuer did not answer a moment ago'));
    }
    found ??= look().then(
      (keys) => {
        failedAt = undefined;
        return keys;
      },
      (error: unknown) => {
        found = undefined;
        failedAt = clock.now();
        throw error instanceof IssuerUnavailable ? error : new IssuerUnavailable(String(error));
      },
    );
    return found;
  };
}

/** `jwks_uri` of the issuer's metadata, RFC 8414 §3 and OpenID Connect Discovery §4. */
async function jwksOf(issuer: string, loopback: boolean): Promise<string> {
  for (const address of metadataAddresses(issuer)) {
    const metadata = await fetchMetadata(address);
    if (metadata === undefined) continue;
    // Metadata of another issuer would let that one sign tokens for this one.
    if (metadata['issuer'] !== issuer) throw new IssuerUnavailable(`the metadata at ${address} names another issuer`);
    const jwks = metadata['jwks_uri'];
    if (typeof jwks !== 'string' || !URL.canParse(jwks) || !isSafe(jwks, loopback)) {
      throw new IssuerUnavailable(`the metadata at ${address} names no https:// address of keys`);
    }
    return jwks;
  }
  throw new IssuerUnavailable(`${issuer} serves no metadata; --oauth-jwks can name its keys`);
}

function metadataAddresses(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
    ...(path === '' ? [] : [`${origin}/.well-known/openid-configuration${path}`]),
  ];
}

async function fetchMetadata(address: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const response = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(answerMs),
  });
  if (!response.ok || Number(response.headers.get('content-length') ?? 0) > longestMetadata) {
    await response.body?.cancel();
    return undefined;
  }
  const value: unknown = await response.json();
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}
