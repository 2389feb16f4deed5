import type { JWTVerifyGetKey } from 'jose';
import { once } from '../../../call/once.ts';
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
 * The key that a token names, looked up at the issuer when the first token comes; after a failure of the issuer not again
 * for 5 s. Rejects with jose's own error when the issuer has no such key.
 *
 * @throws IssuerUnavailable
 */
export function createIssuerKeys(config: OAuthConfig, loopback: boolean, clock: Clock): JWTVerifyGetKey {
  const keySet = once(async () => {
    const { createRemoteJWKSet } = await import('jose');
    const address = config.jwks ?? (await jwksOf(config.issuer, loopback));
    return createRemoteJWKSet(new URL(address), { timeoutDuration: answerMs, cooldownDuration: cooldownMs });
  });
  let failedAt: number | undefined;
  return async (header, token) => {
    if (failedAt !== undefined && clock.now() - failedAt < pauseMs) {
      throw new IssuerUnavailable('the issuer did not answer a moment ago');
    }
    try {
      const find = await keySet();
      return await find(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      failedAt = clock.now();
      throw error instanceof IssuerUnavailable ? error : new IssuerUnavailable(String(error));
    }
  };
}

const issuerCodes: ReadonlySet<unknown> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/** Or else whoever sends odd tokens could keep everyone out for a while. */
function isAboutToken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('ERR_J') && !issuerCodes.has(code);
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
