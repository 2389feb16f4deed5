import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownMetrics } from '../font/own-font.ts';
import { cleanLabel, cutLabel, letterOf } from './clean.ts';
import { drawable, letteringOf } from './lettering.ts';

const lettering = letteringOf([ownMetrics()]);
const anyText = fc.string({ unit: 'binary', maxLength: 300 });

describe('a label', () => {
  it('loses control, direction and zero-width characters and stays on one line', () => {
    expect(cleanLabel('a\u0000b\u001b[31m\u202ec\u200bd\ne\tf\ufeff')).toBe('ab[31mcd e f');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cleanLabel(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\n]/u);
      }),
    );
  });

  it('is cut in its middle, so that both ends stay', () => {
    expect(cutLabel('instance="10.0.0.12:9100", job="node"', 21)).toBe('instance="…job="node"');
    const shown = drawable(lettering, 'instance="10.0.0.12:9100", job="node"', { size: 12, room: 120, standIn: 'A' });
    expect(shown).toMatch(/^instance.*….*node"$/);
  });

  it('never takes more than its room', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.integer({ min: 20, max: 400 }), (text, room) => {
        const shown = drawable(lettering, text, { size: 12, room, standIn: 'A' });
        expect(lettering.width(shown, 12)).toBeLessThanOrEqual(room);
      }),
    );
  });

  it('gives way to its letter where a glyph is missing', () => {
    const options = { size: 12, room: 500, standIn: 'B' };
    expect(drawable(lettering, 'job="ジョブ"', options)).toBe('B');
    expect(drawable(lettering, 'job="api"', options)).toBe('job="api"');
  });

  it('of a million characters is cut before it is measured', () => {
    const shown = drawable(lettering, 'x'.repeat(1_000_000), { size: 12, room: 200, standIn: 'A' });
    expect(shown).toMatch(/^x+…x+$/);
  });
});

it('letters go on after Z', () => {
  expect([0, 25, 26, 53].map(letterOf)).toEqual(['A', 'Z', 'A2', 'B3']);
});
