import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createFile, namesIn, removeFile } from '../state/files.ts';

export const windowMs = 15 * 60_000;
const allowed = 5;

export type Attempt = { readonly lockedUntil: number } | { readonly lockedUntil: undefined; forgive(): Promise<void> };

/**
 * Counts a try of a one-time password *before* it is looked at, so that any number of processes trying at once get
 * five wrong ones in 15 minutes between them. `forgive` takes a right one back out of the count.
 */
export async function beginAttempt(folder: string, now: number): Promise<Attempt> {
  const own = `attempt-${now}-${randomBytes(6).toString('hex')}`;
  await createFile(join(folder, own), '');
  const names = (await namesIn(folder)).filter((name) => name.startsWith('attempt-') && name !== own);
  const times = names.map((name) => Number(name.split('-')[1]));
  const lockedUntil = lockEnd(times, now);
  const forgive = (): Promise<void> => removeFile(join(folder, own));
  // Older ones can neither lock nor be part of five that do.
  for (const [index, name] of names.entries()) {
    if (times[index]! < now - 2 * windowMs) await removeFile(join(folder, name));
  }
  if (lockedUntil === undefined) return { lockedUntil, forgive };
  await forgive();
  return { lockedUntil };
}

/** Five tries within 15 minutes lock for 15 minutes from the fifth. @param times UTC ms, any order */
export function lockEnd(times: readonly number[], now: number): number | undefined {
  const sorted = times.toSorted((left, right) => left - right);
  const ends = sorted.flatMap((last, index) => {
    const first = sorted[index - allowed + 1];
    return first !== undefined && last - first < windowMs ? [last + windowMs] : [];
  });
  return ends.findLast((end) => end > now);
}
