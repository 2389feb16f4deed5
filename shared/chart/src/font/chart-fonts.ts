import { NoPicture } from '../no-picture.ts';
import { extraMetrics } from './extra-font.ts';
import { ownFontFile } from './font-file.ts';
import { ownMetrics } from './own-font.ts';
import type { FontMetrics } from './read-font.ts';

export interface ChartFonts {
  readonly metrics: readonly FontMetrics[];
  /** @throws NoPicture when there is nowhere to put the own font */
  readonly files: () => readonly string[];
  /** What is wrong with the extra font. */
  readonly notes: readonly string[];
}

let own: FontMetrics | undefined;

/** The own font, and the operator's where there is one. A font that cannot be read is left out, and said to be. */
export async function chartFonts(extraFile: string | undefined): Promise<ChartFonts> {
  own ??= ownMetrics();
  const ownOnly = { metrics: [own], files: () => [ownFile()], notes: [] };
  if (extraFile === undefined) return ownOnly;
  try {
    const extra = await extraMetrics(extraFile);
    return { metrics: [own, extra], files: () => [ownFile(), extraFile], notes: [] };
  } catch (error) {
    // The picture is worth more than its letters: they are replaced, and the reason stands in the text.
    return { ...ownOnly, notes: [`The extra font was not used: ${reasonOf(error)}.`] };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is no TrueType or OpenType font';
  return error instanceof Error && 'code' in error ? `it cannot be read (${String(error.code)})` : 'it cannot be read';
}

function ownFile(): string {
  try {
    return ownFontFile();
  } catch (error) {
    throw new NoPicture('there is no temporary folder to put its font into', { cause: error });
  }
}
