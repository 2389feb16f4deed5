import type { HealRecord, HealRung } from '../../model/heal.ts';

/** Trouble that comes back within that time is the same trouble. */
export const episodeMs = 1_800_000;
export const budgetActions = 3;
export const budgetMs = 600_000;
const firstPauseMs = 10_000;
const longestPauseMs = 300_000;

/** Records that belong together up to now: no gap as long as an episode. @param records oldest first */
export function episodeOf(records: readonly HealRecord[], now: number): readonly HealRecord[] {
  let first = records.length;
  let next = now;
  while (first > 0 && next - (records[first - 1]?.at ?? 0) < episodeMs) {
    first -= 1;
    next = records[first]?.at ?? 0;
  }
  return records.slice(first);
}

/** What to try now: restart, then recreate, then nothing any more. @param records of the replica, oldest first */
export function rungOf(records: readonly HealRecord[], now: number): HealRung {
  const tried = new Set(episodeOf(records, now).map(({ rung }) => rung));
  if (tried.has('recreate') || tried.has('alert')) return 'alert';
  return tried.has('restart') ? 'recreate' : 'restart';
}

/** Whether somebody was told already, in this episode, that it was given up. */
export function isGivenUp(records: readonly HealRecord[], now: number): boolean {
  return episodeOf(records, now).some(({ rung }) => rung === 'alert');
}

export interface Hold {
  readonly why: 'budget' | 'backoff';
  /** UTC ms from which on it is allowed again. */
  readonly until: number;
}

/**
 * Whether a service may be touched now: at most 3 times in 10 min, and 10·2ⁿ s (at most 300 s) after the action before, n
 * being the actions before that one in the episode.
 *
 * @param records of the service, oldest first
 */
export function holdOf(records: readonly HealRecord[], now: number): Hold | undefined {
  const actions = records.filter(({ rung }) => rung !== 'alert');
  const third = actions.at(-budgetActions);
  if (third !== undefined && now - third.at < budgetMs) return { why: 'budget', until: third.at + budgetMs };
  const episode = episodeOf(actions, now);
  const last = episode.at(-1);
  if (last === undefined) return undefined;
  const until = last.at + Math.min(longestPauseMs, firstPauseMs * 2 ** (episode.length - 1));
  return now < until ? { why: 'backoff', until } : undefined;
}
