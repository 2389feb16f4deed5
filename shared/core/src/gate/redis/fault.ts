import { ToolError } from '../../errors/tool-error.ts';

type Kind = 'address' | 'unreachable' | 'certificate' | 'login' | 'refused' | 'garbled';

const hints: Readonly<Record<Kind, string>> = {
  address: 'Set MCP_STATE_REDIS_URL to redis://[user:password@]host[:port][/database], or rediss:// for TLS.',
  unreachable:
    'Call again in a moment; an operator looks at the Redis of MCP_STATE_REDIS_URL. Reads are served meanwhile.',
  certificate:
    'An operator gives it one for the host in MCP_STATE_REDIS_URL, of an authority that Node trusts; NODE_EXTRA_CA_CERTS adds one.',
  login: 'An operator corrects user and password in MCP_STATE_REDIS_URL. Reads are served meanwhile.',
  refused:
    'An operator looks at the Redis of MCP_STATE_REDIS_URL: one primary, no cluster, whose user may write cinecom:*.',
  garbled: 'An operator points MCP_STATE_REDIS_URL to a Redis (rediss:// where it speaks TLS).',
};

/**
 * Why the shared state cannot be used: nothing was applied. Never holds the address, which has a password in it, nor
 * what the other side wrote beyond a code in capitals.
 */
export function redisFault(kind: Kind, what: string): ToolError {
  const code = kind === 'address' ? 'not_configured' : 'state_unavailable';
  return new ToolError(code, `the state that replicas share cannot be used: ${what}`, { hint: hints[kind] });
}

/** From an error of a socket: its code only, as messages name addresses. */
export function socketFault(error: unknown): ToolError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const known = code !== undefined && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : '';
  if (/CERT|SIGNATURE|ISSUER/.test(known)) {
    return redisFault('certificate', `the certificate of its Redis is not trusted${known}`);
  }
  return redisFault('unreachable', `its Redis cannot be reached${known}`);
}

export const loginFault = (): ToolError => redisFault('login', 'its Redis refused the login');

/** From an error reply: its first word is a code, the rest is backend text. */
export function replyFault(text: string): ToolError {
  const word = /^[A-Z]{2,20}(?= |$)/.exec(text)?.[0] ?? 'an error';
  if (word === 'WRONGPASS' || word === 'NOAUTH') return loginFault();
  if (['LOADING', 'BUSY', 'MASTERDOWN'].includes(word)) return redisFault('unreachable', `its Redis is busy (${word})`);
  return redisFault('refused', `its Redis answered ${word}`);
}
