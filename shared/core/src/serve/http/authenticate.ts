import { once } from '../../call/once.ts';
import type { Runtime } from '../../call/runtime.ts';
import type { Principal } from '../../gate/types.ts';
import type { HttpConfig } from './config.ts';
import type { Visitor } from './entrance.ts';
import { resourceOf } from './oauth/config.ts';
import { refusal, type Reply } from './reply.ts';

export type Authentication =
  | { readonly kind: 'caller'; readonly principal: Principal }
  /** `failed`: counts against the address, as guesses do. */
  | { readonly kind: 'refused'; readonly why: string; readonly failed: boolean; readonly reply: Reply };

/** Whose request it is, by `Authorization: Bearer`; anyone on loopback where neither token nor OAuth is set. */
export function createAuthenticator(
  runtime: Pick<Runtime, 'core' | 'clock'>,
  config: HttpConfig,
): (authorization: string | undefined, visitor: Visitor) => Promise<Authentication> {
  const { tokens, oauth, loopback } = config;
  const ceiling = runtime.core.allow;
  const anyone: Authentication = { kind: 'caller', principal: { id: 'anonymous', ceiling, auth: 'none' } };
  const loadVerifier = once(async () => {
    const { createTokenVerifier } = await import('./oauth/verify.ts');
    return createTokenVerifier({ config: oauth!, loopback, clock: runtime.clock, ceiling });
  });
  return async (authorization, visitor) => {
    if (tokens === undefined && oauth === undefined) return anyone;
    const challenge = oauth && `resource_metadata="${resourceOf(oauth, visitor.base).metadata}"`;
    const token = /^Bearer +([^\s,]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      return unauthorized('no token', challenge, undefined);
    }
    const known = tokens?.find(token);
    if (known !== undefined) return { kind: 'caller', principal: known };
    if (oauth === undefined) return unauthorized('the token is not known', challenge, 'invalid_token');
    const verdict = await (await loadVerifier())(token);
    if (verdict.kind === 'principal') return { kind: 'caller', principal: verdict.principal };
    if (verdict.kind === 'invalid') return unauthorized(verdict.why, challenge, 'invalid_token');
    if (verdict.kind === 'insufficient') return insufficientScope(challenge);
    return { kind: 'refused', why: verdict.why, failed: false, reply: unavailable };
  };
}

const unavailable = refusal(
  503,
  'temporarily_unavailable',
  'the token cannot be verified now: its issuer does not answer',
  {
    'retry-after': '5',
  },
);

function unauthorized(why: string, challenge: string | undefined, error: string | undefined): Authentication {
  const parts = [challenge, ...(error === undefined ? [] : [`error="${error}"`, `error_description="${why}"`])];
  const given = parts.filter((part) => part !== undefined).join(', ');
  const reply = refusal(401, error ?? 'unauthorized', why, { 'www-authenticate': `Bearer ${given}`.trim() });
  return { kind: 'refused', why, failed: true, reply };
}

function insufficientScope(challenge: string | undefined): Authentication {
  const why = 'the token has none of the scopes mcp:read, mcp:write, mcp:destructive';
  const header = `Bearer ${challenge}, error="insufficient_scope", scope="mcp:read", error_description="${why}"`;
  return {
    kind: 'refused',
    why: 'insufficient scope',
    failed: false,
    reply: refusal(403, 'insufficient_scope', why, { 'www-authenticate': header }),
  };
}
