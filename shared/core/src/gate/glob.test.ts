import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

it.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['pg_*', 'pg_cancel', true],
  ['pg_*', 'apg_cancel', false],
  ['*_cancel', 'pg_cancel', true],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1c2b', false],
  ['a.c', 'abc', false],
  ['', '', true],
  ['', 'a', false],
  ['(a+)+$', '(a+)+$', true],
])('%s against %s is %s', (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});

it('agrees with the same glob written as a regular expression', () => {
  const small = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(small, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (glob, text) => {
      const pattern = new RegExp(`^${glob.replaceAll('*', '.*')}$`);
      expect(matchesGlob(glob, text)).toBe(pattern.test(text));
    }),
    { numRuns: 500 },
  );
});
