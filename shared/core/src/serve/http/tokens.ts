import { createHash, timingSafeEqual } from 'node:crypto';
import type { Risk } from '../../define/tool.ts';
import type { Principal } from '../../gate/types.ts';

const named = /^([\w.-]{1,64}):(read|write|destructive):(.*)$/s;
/** What may stand after `Bearer`, RFC 6750 §2.1. */
const token68 = /^[A-Za-z\d._~+/-]{16,512}=*$/;
const mostTokens = 100;

/** Tokens of `MCP_AUTH_TOKEN`; only digests are kept. */
export interface Tokens {
  /** Whose token it is; undefined when it is nobody's. Takes the same time either way. */
  find(token: string): Principal | undefined;
}

/**
 * One token, or `name:ceiling:token` entries separated by commas; a name may hold several tokens while one replaces
 * another. A token without a name belongs to `default`, with the ceiling of the process.
 *
 * @returns `wrong`: positions, from 1, of entries in neither form
 */
export function parseTokens(
  text: string,
  ceiling: Risk,
): { readonly tokens: Tokens; readonly wrong: readonly number[] } {
  const entries = text.split(',').map((entry) => entry.trim());
  const known: { readonly digest: Buffer; readonly principal: Principal }[] = [];
  const wrong: number[] = [];
  for (const [index, entry] of entries.entries()) {
    const [, name = 'default', cap = ceiling, token = entry] = named.exec(entry) ?? [];
    if (!token68.test(token) || index >= mostTokens) wrong.push(index + 1);
    const principal = { id: `token:${name}`, ceiling: lower(cap as Risk, ceiling), auth: 'token' as const };
    known.push({ digest: digestOf(token), principal });
  }
  return {
    tokens: {
      find(token) {
        const digest = digestOf(token);
        // Every entry is compared, so that the time tells nothing of which came near.
        return known.filter((entry) => timingSafeEqual(entry.digest, digest))[0]?.principal;
      },
    },
    wrong,
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const order: readonly Risk[] = ['read', 'write', 'destructive'];

/** The smaller of two ceilings. */
export function lower(one: Risk, other: Risk): Risk {
  return order.indexOf(one) < order.indexOf(other) ? one : other;
}
