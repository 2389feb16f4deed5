import type { SendOutcome } from '../../model/ingest.ts';
import type { ClientKey, InboundFilter } from '../../model/usage.ts';
import type { DsnOwner } from './dsn-owner.ts';

export const lateMs = 30_000;

export type IngestCause =
  | 'visible'
  | 'late'
  | 'not_yet_visible'
  | 'refused_connection'
  | 'rate_limited'
  | 'filtered'
  | 'inactive_key'
  | 'unknown_key'
  | 'wrong_project'
  | 'other_organization'
  | 'too_large'
  | 'invalid'
  | 'refused';

/** What became of events like ours since it was sent. */
export interface Drop {
  readonly outcome: string;
  readonly reason: string | undefined;
  readonly total: number;
}

export interface IngestReading {
  readonly owner: DsnOwner;
  readonly send: SendOutcome;
  /** From sending until it could be read; undefined: not seen. */
  readonly visibleAfterMs: number | undefined;
  readonly waitedMs: number;
  /** Why it could not be looked for; undefined: it was. */
  readonly notLooked?: string | undefined;
  /** Undefined: it could not be asked. Only what was added after the event left. */
  readonly drops: readonly Drop[] | undefined;
  readonly filters: readonly InboundFilter[] | undefined;
}

/** Why an error of production would be seen, late, or not at all. */
export function causeOf(reading: IngestReading): IngestCause {
  const { owner, send, visibleAfterMs } = reading;
  if (visibleAfterMs !== undefined) return visibleAfterMs > lateMs ? 'late' : 'visible';
  const { statusCode } = send;
  if (statusCode === undefined) return 'refused_connection';
  if (statusCode === 429) return 'rate_limited';
  if (statusCode === 413) return 'too_large';
  if (owner.kind === 'other_organization' || owner.kind === 'wrong_project') return owner.kind;
  if (keyOf(owner)?.isActive === false) return 'inactive_key';
  if (statusCode === 401 || statusCode === 403) return owner.kind === 'unknown_key' ? 'unknown_key' : 'refused';
  if (statusCode === 400) return 'invalid';
  if (statusCode < 200 || statusCode > 299) return 'refused';
  return droppedBy(reading) ?? 'not_yet_visible';
}

export function keyOf(owner: DsnOwner): ClientKey | undefined {
  return owner.kind === 'found' || owner.kind === 'wrong_project' ? owner.key : undefined;
}

/** What of all that was dropped meanwhile may have been our event; the rest certainly was of others. */
export function ownDrops({ drops, owner }: IngestReading): readonly Drop[] {
  return (drops ?? []).filter((drop) => drop.total > 0 && mayBeOurs(drop, keyOf(owner)));
}

const causeOfOutcome: Readonly<Record<string, IngestCause>> = {
  filtered: 'filtered',
  rate_limited: 'rate_limited',
  abuse: 'rate_limited',
  invalid: 'invalid',
};

/**
 * Filters that can meet a message without browser, release, transaction and exception. What is not named here, as a filter
 * that is made later, is taken for one of others.
 * @see FilterStatKey of Relay
 */
const filtersOfMessages = ['error-message', 'ip-address', 'discarded-hash'];
/** Of a sound event that was accepted. @see DiscardReason of Relay */
const invalidAfterwards = /^(internal|timestamp|past_grace_period|project_\w+|queue_failed|too_large.*)$/;

function mayBeOurs({ outcome, reason = '' }: Drop, key: ClientKey | undefined): boolean {
  if (outcome === 'filtered') return filtersOfMessages.includes(reason);
  if (outcome === 'invalid') return invalidAfterwards.test(reason);
  // of another key of the project
  if (reason === 'key_quota' && key !== undefined && key.rateLimit === undefined) return false;
  return Object.hasOwn(causeOfOutcome, outcome);
}

function droppedBy(reading: IngestReading): IngestCause | undefined {
  const [most] = ownDrops(reading).toSorted((left, right) => right.total - left.total);
  return most === undefined ? undefined : causeOfOutcome[most.outcome];
}

/** `filtered web-crawlers +7`. */
export function dropText({ outcome, reason, total }: Drop): string {
  return `${outcome} ${reason ?? ''}`.trim().concat(` +${total}`);
}

/** What came to the counts between two looks, most first. */
export function addedDrops(before: readonly Drop[], after: readonly Drop[]): readonly Drop[] {
  const keyOfDrop = ({ outcome, reason }: Drop): string => JSON.stringify([outcome, reason ?? '']);
  const earlier = new Map(before.map((drop) => [keyOfDrop(drop), drop.total]));
  return after
    .map((drop) => ({ ...drop, total: drop.total - (earlier.get(keyOfDrop(drop)) ?? 0) }))
    .filter(({ total }) => total > 0)
    .toSorted((left, right) => right.total - left.total);
}
