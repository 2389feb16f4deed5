import { inflateSync } from 'node:zlib';
import { dejaVuAdvances } from './dejavu-advances.ts';
import { dejaVuSans } from './dejavu-sans.ts';
import type { FontMetrics } from './read-font.ts';

/** Widths of the font that every chart is lettered with. */
export function ownMetrics(): FontMetrics {
  const advances = new Map<number, number>();
  for (const run of dejaVuAdvances) {
    const [first = '', units = ''] = run.split(':');
    for (const [index, unit] of units.split(' ').entries()) {
      advances.set(Number.parseInt(first, 16) + index, Number(unit) / 2048);
    }
  }
  return { advances };
}

/** The font itself, a TrueType file. */
export function ownFont(): Buffer {
  return inflateSync(Buffer.from(dejaVuSans, 'base64'));
}
