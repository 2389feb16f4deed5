import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { convertText, convertTexts, kindOf } from './convert.ts';

describe('kindOf', () => {
  it('sees through defaults, options and transforms', () => {
    expect(kindOf(z.int().default(1).optional())).toBe('number');
    expect(
      kindOf(
        z
          .array(z.string())
          .default([])
          .transform((list) => list.length),
      ),
    ).toBe('list');
    expect(kindOf(z.boolean().nullable())).toBe('boolean');
    expect(kindOf(z.record(z.string(), z.number()))).toBe('json');
    expect(kindOf(z.preprocess((value) => value, z.number()))).toBe('text');
    expect(kindOf(z.enum(['a']))).toBe('text');
  });
});

describe('convertText', () => {
  it('gives numbers back as they were written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(convertText(z.number(), String(number))).toBe(Number(String(number)));
      }),
    );
  });

  it('takes no text for a number that is none', () => {
    for (const text of ['', '0x10', '1_000', 'Infinity', '1 2', '١']) expect(convertText(z.number(), text)).toBe(text);
  });

  it('splits lists at commas and converts each entry; JSON keeps commas', () => {
    expect(convertText(z.array(z.int()), '1, 2,,3')).toEqual([1, 2, 3]);
    expect(convertText(z.array(z.string()), '["a,b"]')).toEqual(['a,b']);
    expect(convertTexts(z.array(z.string()), ['a', 'b,c'])).toEqual(['a', 'b', 'c']);
  });

  it('reads a union in the first way that fits', () => {
    const schema = z.union([z.int(), z.literal('auto'), z.boolean()]);
    expect(['5', 'auto', 'yes', 'else'].map((text) => convertText(schema, text))).toEqual([5, 'auto', true, 'else']);
    const scalars = z.array(z.union([z.number(), z.boolean(), z.string()]));
    expect(convertText(scalars, '1,true,x')).toEqual([1, true, 'x']);
  });
});
