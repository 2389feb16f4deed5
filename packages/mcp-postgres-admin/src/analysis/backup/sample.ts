/**
 * Which relations a restore test leaves out: about `100 − percent` of them, chosen by their name and the backup's id, so that
 * tests of later backups look at others. Pure.
 *
 * @param percent 1–100
 * @returns undefined where all are compared; else why a relation is left out, or undefined where it is not
 */
export function sampleOf(percent: number, backup: string): ((relation: string) => string | undefined) | undefined {
  if (percent >= 100) return undefined;
  const why = `not in this sample of ${percent} % of the tables`;
  return (relation) => (share(`${backup} ${relation}`) * 100 < percent ? undefined : why);
}

/** FNV-1a, then mixed as in MurmurHash3, as names differ in their last letters; 0–1. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
