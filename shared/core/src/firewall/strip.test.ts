import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strip, stripDeep, stripHidden } from './index.ts';

describe('stripping', () => {
  test('returns ordinary text as it is, whatever its script', () => {
    for (const text of [
      'plain\ttext\n',
      '日本語のログ、全角（かっこ）',
      'ガギグゲゴ が',
      '👩‍👩‍👧‍👦 family, 👍🏽, ❤️, 1️⃣, 🏳️‍🌈, 🇯🇵',
      'می‌خواهم', // Persian with a non-joiner
      'ه‍ ', // Arabic letter held in its joining form
      'क्‍ष श्री', // Devanagari half form
      'ശ്രീ‍മാൻ',
      '葛\u{e0100}飾区', // ideographic variation
      '≨\ufe00',
    ]) {
      expect(strip(text)).toBe(text);
    }
  });

  test('removes escape sequences whole', () => {
    expect(strip('\u001b[1;31mred\u001b[0m')).toBe('red');
    expect(strip('\u009b31mred')).toBe('red');
    expect(strip('\u001b]8;;https://x.example\u0007link\u001b]8;;\u001b\\')).toBe('link');
    expect(strip('\u001b]0;title\u009cbody\u001bPq#0\u001b\\end\u001bc')).toBe('bodyend');
  });

  test('keeps the text behind a sequence that never ends', () => {
    expect(strip('\u001b]0;still here')).toBe('0;still here');
    expect(strip('\u001b[')).toBe('');
  });

  test('removes bidi controls, zero-width characters, tags, noncharacters and lone surrogates', () => {
    expect(strip('a\u202eb\u2066c\u200bd\u2060e\ufefff\u00adg')).toBe('abcdefg');
    expect(strip('a\u{e0041}\u{e0042}b\u{e007f}')).toBe('ab');
    expect(strip('a\ufdd0b\ufdd1c\uffff\u{1fffe}d\ud800e\udc00')).toBe('abcde');
  });

  test('removes joiners and selectors that carry data instead of shape', () => {
    expect(strip('a\u200db\u200cc')).toBe('abc');
    expect(strip('😀\ufe0f\ufe0f\ufe01\u{e0101}x\ufe0f')).toBe('😀\ufe0fx');
    expect(strip('👩\u200d\u200d\u200dx')).toBe('👩x');
  });

  test('makes newlines of other line ends', () => {
    expect(strip('a\r\nb\rc\u2028d\u2029e\u0085f')).toBe('a\nb\nc\nd\ne\nf');
  });

  test('for looking only, keeps line ends and marks', () => {
    expect(stripHidden('a\r\nb\ufdd0c\u200bd')).toBe('a\r\nb\ufdd0cd');
  });

  test('reaches every string of plain data', () => {
    expect(stripDeep({ 'a\u200b': ['b\u001b[0m', 1, null, { c: 'd\u202e' }] })).toEqual({
      a: ['b', 1, null, { c: 'd' }],
    });
  });

  const parts = fc.constantFrom(
    '\u001b', '[', ']', '0m', '\u0007', '\\', '\u009c', '\u009b', '\u200d', '\u200c', '\ufe0f', '\ufe00', '\u20e3', '\r', '\n',
    '👩', '🏽', '1', 'a', 'क', '\u094d', 'ب', '漢', '\u{e0100}', '\u{e0041}', '\ud83d', '\udc69', '\u202e', '\ufdd0', '\uffff',
  ); // prettier-ignore
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(parts).map((list) => list.join('')),
  );

  test('leaves nothing to strip, in any text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = strip(text);
        expect(strip(once)).toBe(once);
        expect(once).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
        );
        expect(once).not.toMatch(/[\u{e0000}-\u{e007f}\ufdd0-\ufdef\ufffe\uffff]/u);
        expect(once).not.toMatch(/\p{Surrogate}/u);
        expect(stripHidden(stripHidden(text))).toBe(stripHidden(text));
      }),
      { numRuns: 1000 },
    );
  });
});
