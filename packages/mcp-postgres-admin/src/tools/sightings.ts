import { type Sighting, unseenDays } from '../analysis/privileges/unseen.ts';
import type { KeptSnapshots } from './snapshots.ts';

const mostRead = 100;

/** Who was connected at up to 100 moments of the last 91 days, the oldest among them; nothing where less is kept. */
export async function sightings(kept: KeptSnapshots, now: number): Promise<readonly Sighting[]> {
  const spanMs = unseenDays * 86_400_000;
  const start = kept.entries.findLastIndex(({ at }) => now - at >= spanMs);
  const [oldest] = kept.entries;
  // Of what does not reach back far enough one is enough to say so.
  const entries = start < 0 ? (oldest === undefined ? [] : [oldest]) : kept.entries.slice(start);
  const step = Math.max(1, Math.ceil(entries.length / mostRead));
  const found: Sighting[] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % step !== 0) continue;
    const snapshot = await kept.read(entry);
    if (snapshot !== undefined) found.push({ at: snapshot.at, roles: snapshot.roles });
  }
  return found;
}
