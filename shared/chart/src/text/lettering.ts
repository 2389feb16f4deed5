import type { FontMetrics } from '../font/read-font.ts';
import { cleanLabel } from './clean.ts';

/** The fonts of one chart, as far as layout needs them. */
export interface Lettering {
  /** Whether every character has a glyph in some font. */
  readonly covers: (text: string) => boolean;
  /** Pixels that a text takes at a font size. */
  readonly width: (text: string, size: number) => number;
}

/** @param fonts the one first that is asked first */
export function letteringOf(fonts: readonly FontMetrics[]): Lettering {
  const advanceOf = (character: string): number | undefined => {
    const code = character.codePointAt(0) ?? 0;
    return fonts.find(({ advances }) => advances.has(code))?.advances.get(code);
  };
  return {
    covers: (text) => Array.from(text).every((character) => advanceOf(character) !== undefined),
    width: (text, size) => Array.from(text).reduce((sum, character) => sum + (advanceOf(character) ?? 1), 0) * size,
  };
}

/**
 * The text to draw for a label: cleaned, cut in the middle to `room` pixels, or `standIn` where no font has a glyph.
 */
export function drawable(
  lettering: Lettering,
  label: string,
  { size, room, standIn }: { readonly size: number; readonly room: number; readonly standIn: string },
): string {
  // What cannot fit anyway is cut first, as measuring takes time with the length of a text.
  const whole = clipped(cleanLabel(label));
  if (!lettering.covers(whole)) return standIn;
  if (lettering.width(whole, size) <= room) return whole;
  const characters = Array.from(whole);
  let [fits, tooLong] = [0, characters.length];
  while (tooLong - fits > 1) {
    const kept = Math.floor((fits + tooLong) / 2);
    if (lettering.width(cut(characters, kept), size) <= room) fits = kept;
    else tooLong = kept;
  }
  return cut(characters, fits);
}

const mostCharacters = 2000;

function clipped(text: string): string {
  return text.length <= mostCharacters
    ? text
    : `${text.slice(0, mostCharacters / 2)}…${text.slice(-mostCharacters / 2)}`.replaceAll(/\p{Cs}/gu, '');
}

function cut(characters: readonly string[], kept: number): string {
  const head = Math.ceil(kept / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (kept - head)).join('')}`;
}
