import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, type PersonalModes } from '../index.ts';
import { isCardNumber, isMyNumber } from './personal.ts';

const off: PersonalModes = { cards: 'off', myNumber: 'off', mail: 'off', phone: 'off' };

async function read(text: string, modes: Partial<PersonalModes>): Promise<string> {
  const redactor = createRedactor({ secrets: [], env: {}, pii: { ...off, ...modes }, tagKey: Buffer.alloc(32, 1) });
  const { value } = await redactor.text(text);
  return value.replaceAll(/:[0-9a-f]{8}\]/g, ':tag]');
}

describe('cards', () => {
  test.each([
    ['4111 1111 1111 1111', '[REDACTED:card:****1111]'],
    ['4111-1111-1111-1111', '[REDACTED:card:****1111]'],
    ['4111111111111111', '[REDACTED:card:****1111]'],
    ['3782 822463 10005', '[REDACTED:card:****0005]'],
    ['４１１１　１１１１　１１１１　１１１１', '[REDACTED:card:****1111]'],
    ['{"pan":4111111111111111}', '{"pan":"[REDACTED:card:****1111]"}'],
  ])('%s is masked', async (text, expected) => {
    expect(await read(text, { cards: 'mask' })).toBe(expected);
  });

  test.each([
    '4111 1111 1111 1112',
    'blk_4111111111111111',
    '-4111111111111111',
    '4111111111111111.5',
    '0.4111111111111111',
    '1234567890123452',
    '41111111111111110',
    'x4111111111111111',
  ])('%s is none', async (text) => {
    expect(await read(text, { cards: 'mask' })).toBe(text);
  });

  test('fail with any one digit changed', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.integer({ min: 1, max: 9 }), (place, change) => {
        const digits = '4111111111111111'.split('').map(Number);
        digits[place] = ((digits[place] ?? 0) + change) % 10;
        expect(isCardNumber(digits.join(''))).toBe(false);
      }),
    );
  });
});

/** The check digit as the ordinance words it, written independently of the source. */
function withCheckDigit(eleven: string): string {
  const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const rest = weights.reduce((sum, weight, index) => sum + weight * Number(eleven[index]), 0) % 11;
  return `${eleven}${rest <= 1 ? 0 : 11 - rest}`;
}

describe('My Number', () => {
  const eleven = fc
    .string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 11, maxLength: 11 })
    .filter((digits) => !/^(\d)\1+$/.test(digits));

  test('is told by its check digit alone', () => {
    fc.assert(
      fc.property(eleven, fc.nat(9), (digits, last) => {
        const valid = withCheckDigit(digits);
        expect(isMyNumber(valid)).toBe(true);
        expect(isMyNumber(`${digits}${last}`)).toBe(valid.endsWith(String(last)));
      }),
    );
  });

  test('needs a context word or its grouping', async () => {
    const number = withCheckDigit('12345678901');
    const grouped = number.replace(/(....)(....)(....)/, '$1-$2-$3');
    const wide = number.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    const hidden = '[REDACTED:my-number:****]';
    for (const [text, expected] of [
      [`マイナンバー：${number}`, `マイナンバー：${hidden}`],
      [`個人番号は${wide}です`, `個人番号は${hidden}です`],
      [`my_number=${number}`, `my_number=${hidden}`],
      [`${number}（ﾏｲﾅﾝﾊﾞｰ）`, `${hidden}（ﾏｲﾅﾝﾊﾞｰ）`],
      [grouped, hidden],
      [number, number],
      [`法人番号 1${number}`, `法人番号 1${number}`],
    ] as const) {
      expect(await read(text, { myNumber: 'mask' })).toBe(expected);
    }
    expect(await read(grouped, { myNumber: 'hash' })).toBe('[REDACTED:my-number:tag]');
    expect(await read(grouped, {})).toBe(grouped);
  });
});

describe('mail and phone', () => {
  test('stay unless asked for', async () => {
    const text = 'a.b@mail.example 090-1234-5678';
    expect(await read(text, { cards: 'mask', myNumber: 'mask' })).toBe(text);
  });

  test.each([
    ['to a.b+c@mail.example, then', 'to [REDACTED:mail:****], then'],
    ['090-1234-5678', '[REDACTED:phone:****5678]'],
    ['０９０－１２３４－５６７８', '[REDACTED:phone:****5678]'],
    ['03-1234-5678', '[REDACTED:phone:****5678]'],
    ['09012345678', '[REDACTED:phone:****5678]'],
    ['+81 90 1234 5678', '[REDACTED:phone:****5678]'],
    ['2026-01-02 10.0.0.1 image@sha256', '2026-01-02 10.0.0.1 image@sha256'],
  ])('%s is masked on request', async (text, expected) => {
    expect(await read(text, { mail: 'mask', phone: 'mask' })).toBe(expected);
  });

  test('are recognisable when hashed', async () => {
    expect(await read('a@b.example', { mail: 'hash' })).toBe('[REDACTED:mail:tag]');
  });
});
