import { duration, timestamp } from '@cinecom/mcp-core';
import { type StatementDelta, statementDeltas, type StatementDeltas } from '../analysis/statement-deltas.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { StatementMoment } from '../model/statement.ts';
import type { KeptSnapshots } from './snapshots.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
const baselineWeeks = 4;
/** A window shorter than this says nothing. */
const shortestMs = 60_000;

export interface StatementWindow extends StatementDeltas {
  /** The time the numbers speak of, in words. */
  readonly words: string;
  readonly lengthMs: number | undefined;
}

/** What happened since about `sinceMs` ago, as far back as snapshots reach; without any, since the counters began. */
export async function windowSince(
  now: StatementMoment,
  kept: KeptSnapshots,
  sinceMs: number,
): Promise<StatementWindow> {
  const wanted = now.at - sinceMs;
  const [nearest] = kept.entries
    .filter((entry) => now.at - entry.at >= shortestMs)
    .toSorted((a, b) => Math.abs(a.at - wanted) - Math.abs(b.at - wanted));
  const snapshot = nearest && (await kept.read(nearest));
  if (snapshot?.statements === undefined) {
    const from =
      now.resetAt === null ? 'the last reset, at a time that this version does not tell' : timestamp(now.resetAt);
    return {
      ...statementDeltas(now, undefined),
      evictions: now.evictions ?? 0,
      words: `lifetime since ${from}`,
      lengthMs: undefined,
    };
  }
  const lengthMs = now.at - snapshot.at;
  const deltas = statementDeltas(now, { at: snapshot.at, picture: snapshot.statements });
  const reset = deltas.reset && now.resetAt !== null ? `, counters reset ${timestamp(now.resetAt)}` : '';
  return { ...deltas, words: `last ${duration(lengthMs)}, since ${timestamp(snapshot.at)}${reset}`, lengthMs };
}

/** A window of the same length that ended `backMs` before now; undefined where snapshots are missing. */
export async function windowBefore(
  now: StatementMoment,
  kept: KeptSnapshots,
  window: { readonly backMs: number; readonly lengthMs: number },
): Promise<readonly StatementDelta[] | undefined> {
  const end = await kept.near(now.at - window.backMs, now.at);
  const start = await kept.near(now.at - window.backMs - window.lengthMs, now.at);
  return between(start, end);
}

/** The same hour of the last four weeks, newest first. */
export async function usualHours(
  now: StatementMoment,
  kept: KeptSnapshots,
): Promise<readonly (readonly StatementDelta[])[]> {
  const weeks: (readonly StatementDelta[])[] = [];
  for (let week = 1; week <= baselineWeeks; week += 1) {
    const end = await nearHour(kept, now.at - week * weekMs);
    const start = await nearHour(kept, now.at - week * weekMs - hourMs);
    const deltas = between(start, end);
    if (deltas) weeks.push(deltas);
  }
  return weeks;
}

function nearHour(kept: KeptSnapshots, at: number): Promise<Snapshot | undefined> {
  const [nearest] = kept.entries
    .filter((entry) => Math.abs(entry.at - at) <= hourMs / 2)
    .toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
  return nearest ? kept.read(nearest) : Promise.resolve(undefined);
}

function between(start: Snapshot | undefined, end: Snapshot | undefined): readonly StatementDelta[] | undefined {
  if (start?.statements === undefined || end?.statements === undefined || start.at >= end.at) return undefined;
  return statementDeltas(end.statements, { at: start.at, picture: start.statements }).statements;
}

export const comparisons = { yesterday: dayMs, lastWeek: weekMs } as const;
