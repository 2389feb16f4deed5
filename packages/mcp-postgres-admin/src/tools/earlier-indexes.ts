import type { EarlierIndexes } from '../analysis/index-audit/use.ts';
import type { KeptSnapshots } from './snapshots.ts';

const week = 7 * 86_400_000;
/** As many as a snapshot keeps. */
const keptIndexes = 1000;

/** What a snapshot of a week ago tells of each index; undefined = none is kept from then. */
export async function earlierIndexes(kept: KeptSnapshots, now: number): Promise<EarlierIndexes | undefined> {
  const entry = kept.entries.findLast(({ at }) => at <= now - week);
  const snapshot = entry && (await kept.read(entry));
  if (snapshot === undefined) return undefined;
  const scans = new Map(snapshot.indexes.map((one) => [one.index, one.scans]));
  return { at: snapshot.at, scans, complete: snapshot.indexes.length < keptIndexes };
}
