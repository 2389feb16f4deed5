import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludesNothing, matchersText, matcherText, parseMatchers } from './matchers.ts';

const narrowing = (text: string): boolean | undefined => parseMatchers(text)?.some((one) => !excludesNothing(one));

describe('matchers of a silence', () => {
  it.each([
    '{a=""}',
    '{a!=""}',
    '{a=~""}',
    '{a=~".*"}',
    '{a=~".+"}',
    '{a=~"(.*|.?)"}',
    '{a!="x"}',
    '{a!~"x"}',
    '{a!~".+"}',
  ])('take %s alone as one that narrows nothing', (text) => {
    expect(narrowing(text)).toBe(false);
  });

  it.each(['{a="x"}', '{a=~"x.*"}', '{a=~".*", b="y"}', 'a="x"', '{a="."}'])('take %s as one that narrows', (text) => {
    expect(narrowing(text)).toBe(true);
  });

  it.each(['TargetDown', '{a="x"}[5m]', 'sum(x)', '{a=x}'])('does not read %s', (text) => {
    expect(parseMatchers(text)).toBeUndefined();
  });

  it('are written so that they are read again as the same, whatever the values hold', () => {
    const matcher = fc.record({
      name: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
      value: fc.string({ unit: 'grapheme' }),
      isRegex: fc.constant(false),
      isEqual: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (matchers) => {
        expect(parseMatchers(matchersText({ matchers }))).toEqual(matchers);
        expect(matchers.map(matcherText).join(', ')).toBe(matchersText({ matchers }).slice(1, -1));
      }),
    );
  });
});
