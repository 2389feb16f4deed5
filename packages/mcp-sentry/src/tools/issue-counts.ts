import { type Attempt, count, type NotExamined } from '@cinecom/mcp-core';
import type { IssuePage } from '../model/issue.ts';

/** Sentry counts no further. */
const mostHits = 1000;

/** How many a search found: `150`, `100 or more` where it was cut and its hits are not told. */
export function foundOf({ issues, total, cursor }: IssuePage): string {
  if (total === undefined) return listedOf(issues.length, cursor !== undefined);
  return listedOf(Math.max(total, issues.length), total >= mostHits);
}

/** How many of a list that may be cut. */
export function listedOf(listed: number, isCut: boolean): string {
  return `${count(listed)}${isCut ? ' or more' : ''}`;
}

/** What could not be read is no zero. */
export const unread = '–';

/** Searches that failed, those for one reason in one entry; without its issues an answer may not say ok. */
export function unreadIssues(parts: readonly Pick<Attempt<unknown>, 'missing'>[]): readonly NotExamined[] {
  const whats = new Map<string, string[]>();
  for (const { what, why } of parts.flatMap(({ missing }) => missing)) {
    whats.set(why, [...(whats.get(why) ?? []), what]);
  }
  return [...whats].map(([why, names]) => ({ what: `issues: ${names.join(', ')}`, why, required: true }));
}
