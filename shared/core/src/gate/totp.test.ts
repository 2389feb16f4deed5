import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase32, matchingStep, oneTimePassword } from './totp.ts';

describe('one-time passwords', () => {
  // RFC 6238 Appendix B, SHA-1 rows; the secret is the ASCII digits 1 to 0, twice. Six digits are the last six of its eight.
  const secret = Buffer.from('12345678901234567890');
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('are those of RFC 6238 Appendix B at %i s', (seconds, eightDigits) => {
    expect(oneTimePassword(secret, Math.floor(seconds / 30))).toBe(eightDigits.slice(2));
    expect(matchingStep(secret, eightDigits.slice(2), seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it('are those of RFC 4226 Appendix D for the first ten counters', () => {
    const expected = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
    expect(expected.map((_, counter) => oneTimePassword(secret, counter))).toEqual(expected);
  });

  it('are taken one step early or late, and no further', () => {
    const now = 1_700_000_000_000;
    const step = Math.floor(now / 30_000);
    const accepted = [-3, -2, -1, 0, 1, 2, 3].filter(
      (offset) => matchingStep(secret, oneTimePassword(secret, step + offset), now) !== undefined,
    );
    expect(accepted).toEqual([-1, 0, 1]);
  });

  it('are refused in any other length or alphabet', () => {
    for (const wrong of ['', '1', '12345', '1234567', '１２３４５６', 'abcdef']) {
      expect(matchingStep(secret, wrong, 0)).toBeUndefined();
    }
  });
});

describe('fromBase32', () => {
  it('reads the vectors of RFC 4648 section 10', () => {
    const vectors = { MY: 'f', MZXQ: 'fo', MZXW6: 'foo', MZXW6YQ: 'foob', MZXW6YTB: 'fooba', MZXW6YTBOI: 'foobar' };
    for (const [text, plain] of Object.entries(vectors)) expect(fromBase32(text)?.toString()).toBe(plain);
    expect(fromBase32('mzxw 6ytb oi======')?.toString()).toBe('foobar');
    expect(fromBase32('MZXW6Y1B')).toBeUndefined();
  });

  it('reads back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromBase32(toBase32(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

/** By bit strings: another way than the one under test. */
function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((chunk) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(chunk.padEnd(5, '0'), 2)])
    .join('');
}
