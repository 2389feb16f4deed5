import type { JWTPayload } from 'jose';
import type { Clock } from '../../../define/call.ts';
import type { Risk } from '../../../define/tool.ts';
import type { Principal } from '../../../gate/types.ts';
import { lower } from '../tokens.ts';
import type { OAuthConfig } from './config.ts';
import { createIssuerKeys, IssuerUnavailable } from './keys.ts';

/** Only algorithms whose verifying key is public: with HS256 that key would be a forger's secret. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const skewSeconds = 60;
const subject = /^[^\p{Cc}]{1,200}$/u;
const risks: readonly Risk[] = ['destructive', 'write', 'read'];

/** Scopes that tokens may carry, least first. */
export const scopes: readonly string[] = ['mcp:read', 'mcp:write', 'mcp:destructive'];

export type TokenVerdict =
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** `why` is said to the caller: it holds nothing of the token. */
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'insufficient' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** Verifies access tokens: JWT by the issuer's keys, RFC 9068. @param ceiling of the process */
export function createTokenVerifier(options: {
  readonly config: OAuthConfig;
  readonly loopback: boolean;
  readonly clock: Clock;
  readonly ceiling: Risk;
}): (token: string) => Promise<TokenVerdict> {
  const { config, clock } = options;
  const keyOf = createIssuerKeys(config, options.loopback, clock);
  return async (token) => {
    const { jwtVerify } = await import('jose');
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms,
        issuer: config.issuer,
        audience: config.audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: skewSeconds,
        currentDate: new Date(clock.now()),
      });
      return principalOf(payload, options.ceiling);
    } catch (error) {
      if (error instanceof IssuerUnavailable) return { kind: 'unavailable', why: error.message };
      return { kind: 'invalid', why: whyOf(error) };
    }
  };
}

function principalOf(payload: JWTPayload, ceiling: Risk): TokenVerdict {
  const { sub } = payload;
  if (typeof sub !== 'string' || !subject.test(sub)) return { kind: 'invalid', why: 'the token names no subject' };
  const granted = scopesOf(payload);
  const cap = risks.find((risk) => granted.has(`mcp:${risk}`));
  if (cap === undefined) return { kind: 'insufficient' };
  return { kind: 'principal', principal: { id: `oauth:${sub}`, ceiling: lower(cap, ceiling), auth: 'oauth' } };
}

/** `scope` of RFC 8693, or `scp` as Okta and Entra write it. */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<unknown> {
  return new Set([scope, scp].flatMap((claim) => (typeof claim === 'string' ? claim.split(' ') : claim)));
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'the token has expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature of the token is wrong',
  ERR_JWKS_NO_MATCHING_KEY: 'the issuer has no such key',
  ERR_JOSE_ALG_NOT_ALLOWED: 'the algorithm of the token is not accepted',
};
const claims: Readonly<Record<string, string>> = {
  aud: 'the token is for another audience',
  iss: 'the token is from another issuer',
  exp: 'the token has no expiry',
  nbf: 'the token is not valid yet',
  sub: 'the token names no subject',
};

function whyOf(error: unknown): string {
  const { code, claim } = error as { readonly code?: string; readonly claim?: string };
  return claims[claim ?? ''] && code === 'ERR_JWT_CLAIM_VALIDATION_FAILED'
    ? claims[claim!]!
    : (reasons[code ?? ''] ?? 'the token cannot be read');
}
