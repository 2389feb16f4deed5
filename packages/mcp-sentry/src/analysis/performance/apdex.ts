import type { ApdexCounts } from './performance-row.ts';

/**
 * `(satisfied + tolerating / 2) / total`, 0–1.
 *
 * @returns undefined without requests
 * @see Apdex Alliance, Application Performance Index, technical specification 1.1, section 4
 */
export function apdexOf(counts: ApdexCounts | undefined): number | undefined {
  if (counts === undefined || !(counts.total > 0)) return undefined;
  return Math.min(1, Math.max(0, (counts.satisfied + counts.tolerating / 2) / counts.total));
}
