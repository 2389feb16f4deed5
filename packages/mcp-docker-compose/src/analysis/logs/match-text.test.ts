import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher } from './match-text.ts';

const matches = (pattern: string, text: string): boolean | undefined => createMatcher(pattern)?.(text);

describe('a text', () => {
  it.each([
    ['timeout', 'db Timeout after 3 s', true],
    ['refused|timeout', 'db timeout', true],
    ['refused|timeout', 'db down', false],
    ['user*failed', 'user 7 login failed', true],
    ['user*failed', 'failed for user 7', false],
    ['aab', 'aaab', true],
    ['a*a', 'a', false],
    ['.*', 'anything', false],
    ['.*', 'a.b', true],
    ['上映', '次の上映は 10 時', true],
    ['|x', 'y', false],
  ])('is searched for %s: %s is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each(['', '|', '*', '**|*'])('cannot be searched for nothing: %j', (pattern) => {
    expect(createMatcher(pattern)).toBeUndefined();
  });

  it('matches exactly where a regular expression of the same meaning does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.', '('), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '(', '*', '|'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, letters, (given, text) => {
        const alternatives = given.split('|').filter((one) => /[^*]/.test(one));
        const escaped = alternatives.map((one) => one.replaceAll(/[.(]/g, String.raw`\$&`).replaceAll('*', '.*'));
        const expected = alternatives.length === 0 ? undefined : new RegExp(escaped.join('|'), 'is').test(text);
        expect(matches(given, text)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a number of steps that grows with its length and no faster', () => {
    // what makes a search that begins anew at each letter quadratic
    const looked = (length: number): number => {
      let steps = 0;
      const text: object = new Proxy(Object('a'.repeat(length)) as object, {
        get: (target, key) => {
          if (typeof key === 'string' && /^\d+$/.test(key)) steps += 1;
          return key === 'toLowerCase' ? () => text : (Reflect.get(target, key, target) as unknown);
        },
      });
      expect(createMatcher(`${'a'.repeat(50)}b`)?.(text as unknown as string)).toBe(false);
      return steps;
    };
    expect(looked(4000)).toBeLessThan(4000 * 4);
  });
});
