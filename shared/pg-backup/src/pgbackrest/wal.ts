const shown = 5;

/**
 * Segments from `first` to `last` that a listing of the archive lacks, at most five. Of `last` on another timeline nothing can
 * be told, so only `first` is looked for. Pure.
 *
 * @param listing paths of archived files, as `repo-ls` writes them
 * @param segmentBytes `wal_segment_size` of the source
 */
export function missingSegments(listing: string, first: string, last: string, segmentBytes: number): string[] {
  const there = new Set(Array.from(listing.matchAll(/\b([0-9A-F]{24})-[0-9a-f]{40}/g), ([, name]) => name));
  const timeline = first.slice(0, 8);
  const perLog = 2 ** 32 / segmentBytes;
  const from = numberOf(first, perLog);
  const to = last.startsWith(timeline) ? numberOf(last, perLog) : from;
  const missing: string[] = [];
  for (let segment = from; segment <= to && missing.length < shown; segment += 1) {
    const name = nameOf(timeline, segment, perLog);
    if (!there.has(name)) missing.push(name);
  }
  return missing;
}

/** Eight hexadecimal digits each: timeline, 4 GiB of WAL, the segment in it. */
function numberOf(name: string, perLog: number): number {
  return Number.parseInt(name.slice(8, 16), 16) * perLog + Number.parseInt(name.slice(16), 16);
}

function nameOf(timeline: string, segment: number, perLog: number): string {
  const digits = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  return timeline + digits(Math.floor(segment / perLog)) + digits(segment % perLog);
}
