/** A web origin as browsers write it; undefined when the text is none. */
export function originOf(text: string): string | undefined {
  try {
    const { origin, protocol } = new URL(text);
    return /^https?:$/.test(protocol) && (text === origin || text === `${origin}/`) ? origin : undefined;
  } catch {
    // Nothing else may stand there: `null`, `*`, a bare name.
    return undefined;
  }
}

/**
 * Whether a browser may send this: its origin is allowed, or is this server itself, whose `Host` was checked before.
 *
 * @param own scheme and `Host` of the request: `http://127.0.0.1:3000`
 */
export function isAllowedOrigin(origin: string, own: string, allowed: ReadonlySet<string>): boolean {
  const known = originOf(origin);
  return known !== undefined && (allowed.has(known) || known === originOf(own));
}

const headers = /^(?:authorization|content-type|accept|last-event-id|traceparent|tracestate|mcp-[a-z\d-]{1,60})$/;

/** What a browser of an allowed origin is told before and with the answer. */
export function corsHeaders(
  origin: string,
  preflight: { readonly methods: readonly string[]; readonly asked: string } | undefined,
): Readonly<Record<string, string>> {
  const always = { 'access-control-allow-origin': origin, vary: 'Origin' };
  if (preflight === undefined) return { ...always, 'access-control-expose-headers': 'WWW-Authenticate, Retry-After' };
  const asked = preflight.asked.toLowerCase().split(',');
  return {
    ...always,
    'access-control-allow-methods': preflight.methods.join(', '),
    'access-control-allow-headers': asked
      .map((name) => name.trim())
      .filter((name) => headers.test(name))
      .join(', '),
    'access-control-max-age': '600',
  };
}
