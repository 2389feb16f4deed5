/** What became of events, in the words of an operator. */
export const outcomeKinds = [
  'accepted',
  'quota',
  'key limit',
  'filter',
  'rejected',
  'dropped by the client',
  'other',
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/**
 * The kind of an outcome and its reason; what is unknown is `other`.
 *
 * `rate_limited` is a key's own limit where the reason speaks of the key, else quota or spike protection; `abuse` and
 * `cardinality_limited` are limits of the organisation as well.
 *
 * @see getsentry/sentry, src/sentry/utils/outcomes.py, and getsentry/relay, reason codes of its quotas
 */
export function outcomeKind(outcome: string | undefined, reason: string | undefined): OutcomeKind {
  switch (outcome?.toLowerCase()) {
    case 'accepted':
      return 'accepted';
    case 'filtered':
      return 'filter';
    case 'rate_limited':
      return reason?.toLowerCase().includes('key') ? 'key limit' : 'quota';
    case 'abuse':
    case 'cardinality_limited':
      return 'quota';
    case 'invalid':
      return 'rejected';
    case 'client_discard':
      return 'dropped by the client';
    case undefined:
    default:
      return 'other';
  }
}
