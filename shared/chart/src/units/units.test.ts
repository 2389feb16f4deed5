import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue, tickStepOf } from './units.ts';

describe('a value in its unit', () => {
  it.each([
    ['none', 1234.5, '1235'],
    ['short', 1234, '1.23 K'],
    ['short', 3_400_000, '3.4 Mil'],
    ['percent', 42.25, '42.3 %'],
    ['percentunit', 0.4225, '42.3 %'],
    ['bytes', 1536, '1.5 KiB'],
    ['bytes', 1024 ** 3, '1 GiB'],
    ['decbytes', 1500, '1.5 kB'],
    ['bits', 2048, '2 Kib'],
    ['bps', 1e6, '1 Mb/s'],
    ['Bps', 2.5e6, '2.5 MB/s'],
    ['s', 0.0123, '12.3 ms'],
    ['s', 90, '1.5 min'],
    ['s', 172_800, '2 d'],
    ['ms', 1500, '1.5 s'],
    ['µs', 250, '250 µs'],
    ['ns', 2e6, '2 ms'],
    ['reqps', 12.34, '12.3 req/s'],
    ['reqps', 12_340, '12.3 k req/s'],
    ['ops', 5, '5 ops/s'],
    ['currencyJPY', 1_284_300, '¥1.28 Mil'],
    ['currencyUSD', -3.5, '−$3.5'],
    ['furlongs', 3, '3 furlongs'],
  ])('%s %d is %s', (unit, value, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  it('says what is no number', () => {
    expect([null, undefined, Number.NaN, Infinity, -Infinity].map((value) => formatValue(value, 's'))).toEqual([
      '–',
      '–',
      '–',
      '+∞',
      '−∞',
    ]);
  });

  it('takes no name of an object for a unit', () => {
    expect(formatValue(1, 'constructor')).toBe('1 constructor');
    expect(formatValue(1, '__proto__')).toBe('1 __proto__');
  });

  it('is never rounded up into a number of the smaller size', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), (value) => {
        const number = Number(/[\d.]+/.exec(formatValue(value, 'decbytes'))?.[0]);
        expect(number).toBeLessThan(1000);
      }),
    );
  });

  it('keeps three figures of what it says', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (value) => {
        const [, number = '', prefix = ''] = /^([\d.]+)(?: (K|Mil|Bil))?$/.exec(formatValue(value, 'short')) ?? [];
        const size = { K: 1e3, Mil: 1e6, Bil: 1e9 }[prefix] ?? 1;
        expect(Math.abs(Number(number) * size - value)).toBeLessThanOrEqual(value * 0.0051);
      }),
    );
  });
});

it('ticks of bytes are powers of two, those of times whole minutes, hours and days', () => {
  expect(tickStepOf('bytes', 400 * 1024 ** 2)).toBe(512 * 1024 ** 2);
  expect(tickStepOf('s', 700)).toBe(900);
  expect(tickStepOf('ms', 700_000)).toBe(900_000);
  expect(tickStepOf('s', 0.01)).toBeUndefined();
  expect(tickStepOf('percent', 7)).toBeUndefined();
});
