import type { CoreSettings } from '../../../settings/core-settings.ts';
import { isLoopback } from '../../../settings/loopback.ts';
import type { Complain } from '../problems.ts';

/** The authorization server whose tokens are accepted. */
export interface OAuthConfig {
  /** Exactly as tokens name it in `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Address of the keys; undefined: from the issuer's metadata. */
  readonly jwks: string | undefined;
}

/** The OAuth settings; undefined where none are given or they contradict each other, which is told. */
export function readOAuth(core: CoreSettings, loopback: boolean, complain: Complain): OAuthConfig | undefined {
  const { oauthIssuer: issuer, oauthAudience: audience, oauthJwks: jwks } = core;
  if (issuer === undefined && audience === undefined && jwks === undefined) return undefined;
  if (issuer === undefined || audience === undefined) {
    const missing = issuer === undefined ? '--oauth-issuer' : '--oauth-audience';
    complain(`OAuth is half set: ${missing} is missing`, `Set ${missing}, or take the other --oauth- settings out.`);
    return undefined;
  }
  for (const [flag, address] of [
    ['--oauth-issuer', issuer],
    ['--oauth-jwks', jwks],
  ] as const) {
    if (address === undefined || isSafe(address, loopback)) continue;
    complain(
      `${flag} must begin with https://: whoever is between could hand out keys of their own`,
      `Give ${flag} an https:// address; http:// is for tests, from loopback to loopback.`,
    );
  }
  return { issuer, audience, jwks };
}

/** https, or http from loopback to loopback. */
export function isSafe(address: string, loopback: boolean): boolean {
  const { protocol, hostname } = new URL(address);
  const near = hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
  return protocol === 'https:' || (loopback && near);
}

/** Where this resource says which authorization server it trusts, RFC 9728 §3.1. */
export const metadataPath = '/.well-known/oauth-protected-resource';

/** @param base scheme and host of the request, for an audience that is no address */
export function resourceOf(
  config: OAuthConfig,
  base: string,
): { readonly resource: string; readonly metadata: string } {
  const named = /^https?:\/\//.test(config.audience) && URL.canParse(config.audience);
  const resource = named ? config.audience : `${base}/mcp`;
  const { origin, pathname } = new URL(resource);
  return { resource, metadata: `${origin}${metadataPath}${pathname === '/' ? '' : pathname}` };
}
