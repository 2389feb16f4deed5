import { percent } from '@cinecom/mcp-core';
import type { Evidence, Score } from './evidence.ts';

/** Of a test of over-representation: the share of a value among events of the issue, and among the others of its project. */
export interface TagShare {
  readonly key: string;
  readonly value: string;
  /** 0–1. */
  readonly shareIn: number;
  readonly shareOut: number;
  /** Corrected for the number of values tested. */
  readonly p: number;
}

const leastShare = 0.5;
const leastRatio = 1.5;
const mostP = 0.01;

/**
 * A value that nearly all events of the issue have and the others of the project have not: at least half of the events,
 * 1.5 times as often, p ≤ 0.01. 3 for ≥90 % against ≤50 % at p ≤ 0.001; 2 for ≥75 % at p ≤ 0.001.
 */
export function dominantTag({ key, value, shareIn, shareOut, p }: TagShare): Evidence | undefined {
  if (!(shareIn >= leastShare && p <= mostP && shareIn >= shareOut * leastRatio)) return undefined;
  const isSure = p <= 0.001;
  const score: Score = isSure && shareIn >= 0.9 && shareOut <= 0.5 ? 3 : isSure && shareIn >= 0.75 ? 2 : 1;
  return {
    kind: 'tag',
    suspect: key === 'release' ? { kind: 'release', key: value } : { kind: 'condition', key: `${key} = ${value}` },
    score,
    words: `${key} ${value} has ${percent(shareIn)} of its events, ${percent(shareOut)} of the others of the project (p ${shownP(p)})`,
  };
}

export function shownP(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4).replace(/0+$/, '');
}
