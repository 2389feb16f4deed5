import { extraMetrics } from './extra-font.ts';
import { ownMetrics } from './own-font.ts';
import type { FontMetrics } from './read-font.ts';

export interface ChartFonts {
  readonly metrics: readonly FontMetrics[];
  /** Beside the own font. */
  readonly extraFiles: readonly string[];
  /** What is wrong with the extra font. */
  readonly notes: readonly string[];
}

let own: FontMetrics | undefined;

/** The own font, and the operator's where there is one. A font that cannot be read is left out, and said to be. */
export async function chartFonts(extraFile: string | undefined): Promise<ChartFonts> {
  own ??= ownMetrics();
  if (extraFile === undefined) return { metrics: [own], extraFiles: [], notes: [] };
  try {
    return { metrics: [own, await extraMetrics(extraFile)], extraFiles: [extraFile], notes: [] };
  } catch (error) {
    // The picture is worth more than its letters: they are replaced, and the reason stands in the text.
    return { metrics: [own], extraFiles: [], notes: [`The extra font was not used: ${reasonOf(error)}.`] };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is no TrueType or OpenType font';
  return error instanceof Error && 'code' in error ? `it cannot be read (${String(error.code)})` : 'it cannot be read';
}
