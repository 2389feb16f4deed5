import { count, duration, type Finding } from '@cinecom/mcp-core';
import { xid } from '../thresholds.ts';

/** Ids that are left when the server stops taking writes. */
const stopAt = 2 ** 31 - 3_000_000;

/** A rate over less time says little about days. */
const rateFromMs = 3_600_000;

/** Next transaction id at a moment. */
export interface XidPoint {
  /** UTC ms. */
  readonly at: number;
  /** Without wrapping around; null = not told. */
  readonly nextXid: number | null;
}

/** Transaction ids taken a ms; undefined = insufficient data. */
export function xidRate(earlier: XidPoint | undefined, now: XidPoint): number | undefined {
  if (earlier === undefined || earlier.nextXid === null || now.nextXid === null) return undefined;
  if (now.at - earlier.at < rateFromMs || now.nextXid < earlier.nextXid) return undefined;
  return (now.nextXid - earlier.nextXid) / (now.at - earlier.at);
}

/** Until writes stop, ms: (limit − age) ÷ rate. Infinite when no ids are taken. */
export function wraparoundMs(age: number, rate: number): number {
  return Math.max(0, stopAt - age) / rate;
}

export interface FrozenAge {
  readonly object: string;
  readonly kind: 'xid' | 'multixact';
  readonly age: number;
  /** `autovacuum_freeze_max_age`, or that of multixacts. */
  readonly freezeMaxAge: number;
  /** Ids a ms; undefined = not known. */
  readonly rate: number | undefined;
}

/** How near a database is to running out of transaction ids. */
export function judgeAge({ object, kind, age, freezeMaxAge, rate }: FrozenAge): readonly Finding[] {
  const warning = Math.max(freezeMaxAge, xid.atLeast);
  if (age <= warning) return [];
  const emergency = age >= xid.emergency;
  const limit = emergency ? xid.emergency : age >= xid.critical ? xid.critical : warning;
  const left = kind === 'xid' && rate !== undefined && rate > 0 ? wraparoundMs(age, rate) : undefined;
  return [
    {
      id: emergency ? 'wraparound_emergency' : 'wraparound',
      severity: age >= xid.critical ? 'critical' : 'warning',
      object,
      evidence: `oldest unfrozen ${kind} is ${count(age)} old${left === undefined ? '' : `, writes stop in about ${duration(left)} at the present rate`}`,
      threshold: count(limit),
      fix: 'VACUUM (FREEZE) the oldest tables; first end whatever holds the horizon back',
      next: { tool: 'pg_vacuum', args: {} },
    },
  ];
}
