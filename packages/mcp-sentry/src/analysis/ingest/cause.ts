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
  /** Undefined: it could not be asked. Only what was added after the event left. */
  readonly drops: readonly Drop[] | undefined;
  readonly filters: readonly InboundFilter[] | undefined;
}

/** Why an error of production would be seen, late, or not at all. */
export function causeOf({ owner, send, visibleAfterMs, drops }: IngestReading): IngestCause {
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
  return droppedBy(drops) ?? 'not_yet_visible';
}

export function keyOf(owner: DsnOwner): ClientKey | undefined {
  return owner.kind === 'found' || owner.kind === 'wrong_project' ? owner.key : undefined;
}

const causeOfOutcome: Readonly<Record<string, IngestCause>> = {
  filtered: 'filtered',
  rate_limited: 'rate_limited',
  abuse: 'rate_limited',
  invalid: 'invalid',
};

function droppedBy(drops: readonly Drop[] | undefined): IngestCause | undefined {
  const [most] = (drops ?? [])
    .filter(({ outcome, total }) => total > 0 && Object.hasOwn(causeOfOutcome, outcome))
    .toSorted((left, right) => right.total - left.total);
  return most === undefined ? undefined : causeOfOutcome[most.outcome];
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
