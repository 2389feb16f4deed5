import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Automaton, fold } from './automaton.ts';

function hits(patterns: readonly string[], text: string, cut = 0): string[] {
  const automaton = new Automaton(patterns);
  const found: string[] = [];
  const onHit = (pattern: number, end: number): void => {
    found.push(`${pattern}@${end}`);
  };
  const state = automaton.run(text, 0, cut, 0, onHit);
  automaton.run(text, cut, text.length, state, onHit);
  return found.toSorted();
}

const folded = (text: string): string =>
  String.fromCharCode(...[...Array(text.length).keys()].map((i) => fold(text.charCodeAt(i))));

test('finds what a plain search finds, in any two parts of the text', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'ａ', '番', '1'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 12 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'ｂ', '番', '1', 'x'), maxLength: 60 }),
      fc.nat(60),
      (patterns, text, cut) => {
        const expected: string[] = [];
        patterns.forEach((pattern, id) => {
          for (let at = 0; at + pattern.length <= text.length; at += 1) {
            if (folded(text.slice(at, at + pattern.length)) === folded(pattern))
              expected.push(`${id}@${at + pattern.length}`);
          }
        });
        expect(hits(patterns, text, Math.min(cut, text.length))).toEqual(expected.toSorted());
      },
    ),
  );
});

test('finds patterns within and across each other', () => {
  expect(hits(['he', 'she', 'his', 'hers'], 'uSHErs')).toEqual(['0@4', '1@4', '3@6']);
});
