import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../route.ts';
import { plainText } from '../text.ts';
import type { ReceivedEnvelope } from '../types.ts';
import type { Key, Project } from '../world/model.ts';
import type { State } from '../world/state.ts';
import { type ParsedEnvelope, parseEnvelope, unpack } from './envelope.ts';
import { storeEvent } from './store-event.ts';

export interface Delivery {
  /** id of the path */
  readonly project: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The id in an envelope path; undefined for any other path. */
export function envelopeProject(path: string): string | undefined {
  return /^\/api\/(\d+)\/envelope\/?$/.exec(path)?.[1];
}

function refuse(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: { detail }, headers };
}

function keyOf(delivery: Delivery, envelope: ParsedEnvelope | undefined): string | undefined {
  const fromHeader = /sentry_key=([^,\s]+)/.exec(String(delivery.headers['x-sentry-auth'] ?? ''))?.[1];
  const dsn = envelope?.headers['dsn'];
  const fromDsn = typeof dsn === 'string' ? /^https?:\/\/([^:@/]+)/.exec(dsn)?.[1] : undefined;
  return delivery.query.get('sentry_key') ?? fromHeader ?? fromDsn;
}

function count(state: State, project: Project, outcome: string, reason: string): void {
  state.outcomes.push({ project, outcome, reason, category: 'error', quantity: 1, at: state.clock.now() });
}

function limited(seconds: number, scope: string, reason: string): Answer {
  return refuse(429, `Sentry dropped data due to a quota or internal rate limit being reached: ${reason}`, {
    'Retry-After': String(seconds),
    'X-Sentry-Rate-Limits': `${seconds}:error;default:${scope}:${reason}`,
  });
}

/** Accepted events by key, for the limit of a key. */
export type Accepted = Map<string, number[]>;

function keyLimit(state: State, key: Key, accepted: Accepted): Answer | undefined {
  if (!key.rateLimit) return undefined;
  const { window, count: most } = key.rateLimit;
  const since = state.clock.now() - window * 1000;
  const recent = (accepted.get(key.id) ?? []).filter((at) => at > since);
  accepted.set(key.id, recent);
  return recent.length >= most ? limited(window, 'key', 'key_quota') : undefined;
}

function visibility(state: State): () => boolean {
  const { delayMs, clock } = state.ingest;
  const now = clock === 'real' ? (): number => Date.now() : (): number => state.clock.now();
  const visibleAt = now() + delayMs;
  return () => now() >= visibleAt;
}

/** What Relay says before it looks at the items. */
function gate(state: State, delivery: Delivery, envelope: ParsedEnvelope | undefined): Answer | Key {
  const publicKey = keyOf(delivery, envelope);
  if (publicKey === undefined) return refuse(403, 'missing authorization information');
  const key = state.keys.find((each) => each.publicKey === publicKey);
  if (!key || !key.isActive || key.project.id !== delivery.project)
    return refuse(403, 'event submission rejected with_reason: ProjectId');
  if (delivery.body.length > state.ingest.maxBytes) {
    count(state, key.project, 'invalid', 'too_large');
    return refuse(413, 'envelope exceeded size limits');
  }
  if (!envelope) return refuse(400, 'bad envelope');
  return key;
}

function handle(state: State, delivery: Delivery, envelope: ParsedEnvelope | undefined, accepted: Accepted): Answer {
  const key = gate(state, delivery, envelope);
  if (!('publicKey' in key) || !envelope) return key as Answer;
  const { ingest } = state;
  const events = envelope.items.filter((item) => item.headers['type'] === 'event');
  const id = plainText(envelope.headers['event_id']).replaceAll('-', '');
  const done: Answer = { status: 200, body: id === '' ? {} : { id } };
  if (events.length === 0) return done;
  const limit = ingest.rateLimited
    ? limited(ingest.rateLimited.seconds, 'organization', ingest.rateLimited.reason)
    : keyLimit(state, key, accepted);
  if (limit) {
    count(state, key.project, 'rate_limited', ingest.rateLimited?.reason ?? 'key_quota');
    return limit;
  }
  accepted.set(key.id, [...(accepted.get(key.id) ?? []), state.clock.now()]);
  if (ingest.lost) return done;
  if (ingest.filtered !== undefined) {
    count(state, key.project, 'filtered', ingest.filtered);
    return done;
  }
  if (ingest.overQuota) {
    count(state, key.project, 'rate_limited', 'org_quota');
    return done;
  }
  for (const { payload } of events) {
    if (typeof payload !== 'object' || payload === null) continue;
    const event = payload as Record<string, unknown>;
    const eventId = (plainText(event['event_id']) || id).replaceAll('-', '');
    storeEvent(state, key.project, event, eventId, visibility(state));
  }
  return done;
}

/** As Relay takes an envelope: 200, 400, 403, 413 or 429; every one is noted with what became of it. */
export function receiveEnvelope(
  state: State,
  delivery: Delivery,
  accepted: Accepted,
  note: (envelope: ReceivedEnvelope) => void,
): Answer {
  const envelope = parseEnvelope(unpack(delivery.body, delivery.headers['content-encoding']));
  const answer = handle(state, delivery, envelope, accepted);
  note({
    project: delivery.project,
    headers: envelope?.headers ?? {},
    items: envelope?.items ?? [],
    raw: envelope?.raw ?? delivery.body.toString('utf8'),
    status: answer.status ?? 200,
  });
  return answer;
}
