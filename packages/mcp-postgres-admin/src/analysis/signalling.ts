import type { SessionIdentity } from '../model/signalling.ts';
import type { Session } from '../model/session.ts';

/** Why this session is never signalled, in words; undefined when it may be. */
export function protection(session: Session): string | undefined {
  if (session.own) return 'it is a connection of this server itself';
  if (session.kind === 'autovacuum worker') {
    const wraparound = session.query.includes('(to prevent wraparound)');
    return wraparound
      ? 'it is an autovacuum that prevents wraparound: ended, it starts again, and time is lost'
      : undefined;
  }
  if (session.kind === 'client backend' || session.kind === 'parallel worker') return undefined;
  return `it is a ${session.kind}, not a client`;
}

/**
 * Whether a query is the one that a model saw. What it saw was fenced and perhaps redacted: one line, backticks replaced,
 * cut at the end.
 *
 * @param actual text of the server
 * @param expected beginning of the query as an answer showed it
 */
export function isExpectedQuery(actual: string, expected: string): boolean {
  const parts = plain(expected.replace(/…\s*$/, '')).split(/\[REDACTED:[^\]]*\]/);
  const text = plain(actual);
  if (!text.startsWith(parts[0] ?? '')) return false;
  let from = 0;
  return parts.every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}

export function identityOf({ pid, backendStart, queryDigest }: Session): SessionIdentity {
  return { pid, backendStart, queryDigest };
}

export function isSame(session: Session | undefined, identity: SessionIdentity): boolean {
  return (
    session !== undefined &&
    session.backendStart === identity.backendStart &&
    session.queryDigest === identity.queryDigest
  );
}

function plain(text: string): string {
  return text
    .replaceAll('`', "'")
    .replaceAll(/[\s⏎]+/g, ' ')
    .trim();
}
