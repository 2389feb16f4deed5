import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownFont, ownMetrics } from './own-font.ts';
import { readFont } from './read-font.ts';

const whole = join(
  createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'),
  '..',
  'ttf',
  'DejaVuSans.ttf',
);

describe('the own font', () => {
  it('is measured by the committed table as by its own tables', () => {
    const read = readFont(ownFont()).advances;
    const table = ownMetrics().advances;
    expect(table.size).toBe(read.size);
    for (const [code, advance] of read) expect(table.get(code)).toBeCloseTo(advance, 6);
  });

  it('draws each character as wide as the font that it was cut from', () => {
    const { advances } = readFont(readFileSync(whole));
    for (const [code, advance] of ownMetrics().advances) expect(advances.get(code)).toBeCloseTo(advance, 6);
  });

  it('has Latin, Greek, arrows, mathematics and the signs that charts use, and no Japanese', () => {
    const { advances } = ownMetrics();
    for (const sign of 'AZaz09éßŁőΩπ→↑↓≤≥≠∞−–…°µ²¥€√∑□')
      expect(advances.has(sign.codePointAt(0) ?? 0), sign).toBe(true);
    for (const sign of '本アあЖ😀') expect(advances.has(sign.codePointAt(0) ?? 0), sign).toBe(false);
  });

  it('carries its copyright and licence with it', () => {
    const text = ownFont().toString('latin1').replaceAll('\0', '');
    expect(text).toContain('Copyright (c) 2003 by Bitstream, Inc. All Rights Reserved.');
    expect(text).toContain('this permission notice shall');
    expect(readFileSync(join(import.meta.dirname, 'LICENSE-DejaVu.txt'), 'utf8')).toContain(
      'Permission is hereby granted',
    );
  });
});

describe('reading a font', () => {
  it('refuses what is none, whatever its bytes', () => {
    expect(() => readFont(Buffer.from('wOFF and more bytes of a web font'))).toThrow(RangeError);
    expect(() => readFont(new Uint8Array())).toThrow(RangeError);
    const font = ownFont();
    fc.assert(
      fc.property(fc.nat(2000), (length) => {
        expect(() => readFont(font.subarray(0, length))).toThrow(RangeError);
      }),
      { numRuns: 50 },
    );
  });
});
