import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSize, sizeText } from './sizes.ts';

describe('sizes', () => {
  // what `docker compose config` made of each, 2.26 and 2.40
  it.each([
    ['512m', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['1GiB', 1_073_741_824],
    ['64MB', 67_108_864],
    ['64 mb', 67_108_864],
    ['64k', 65_536],
    ['64b', 64],
    ['67108864', 67_108_864],
    ['1t', 1_099_511_627_776],
  ])('%s is %d bytes', (text, bytes) => {
    expect(readSize(text)).toBe(bytes);
  });

  it.each(['', 'm', '64Mi', '-1', '1e9', '0x100', '1_000', '64mm', '1,5g', '9999999999p'])('%j is none', (text) => {
    expect(readSize(text)).toBeUndefined();
  });

  it('are read again as they were written', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.boolean(), (bytes, isUpper) => {
        const text = sizeText(bytes);
        expect(readSize(isUpper ? text.toUpperCase() : text)).toBe(bytes);
      }),
    );
    expect([0, 1536 * 1024 ** 2, 2 * 1024 ** 3, 1025].map(sizeText)).toEqual(['0b', '1536m', '2g', '1025b']);
  });
});
