import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpressionError } from './lexer.ts';
import { fillTemplate, parseTemplate, referencesOf } from './template.ts';

const scope = {
  steps: {
    overview: { verdict: 'critical', findings: [{ object: 'orders', rows: 12 }, { object: 'seats' }], 'a-b': 1 },
    empty: { findings: [], note: null },
  },
  inputs: { table: '予約', limit: 5 },
};
const value = (text: string): unknown => fillTemplate(parseTemplate(text), scope);

describe('expressions', () => {
  it.each<[string, unknown]>([
    ['${{ steps.overview.findings[0].object }}', 'orders'],
    ["${{ steps['overview'].findings[-1].object }}", 'seats'],
    ['${{steps.overview.findings[0].rows}}', 12],
    ['${{ steps.overview.a-b }}', 1],
    ['${{ steps.overview.findings }}', scope.steps.overview.findings],
    ['table ${{ inputs.table }} of ${{ inputs.limit }}', 'table 予約 of 5'],
    ["${{ steps.overview.verdict == 'critical' and inputs.limit >= 5 }}", true],
    ['${{ not (inputs.limit < 5 or inputs.limit > 5) }}', true],
    ['${{ length(steps.overview.findings) > 1 }}', true],
    ['${{ length(inputs.table) }}', 2],
    ["${{ default(steps.empty.note, 'none') }}", 'none'],
    ["${{ 'it''s' }}", "it's"],
    ['${{ "${{ }}" }}', '${{ }}'],
    ['${{ steps.nowhere.findings[0] }}', undefined],
    ['before ${{ steps.nowhere }}', undefined],
    ['${{ steps.empty.note }}', null],
    ['${{ steps.empty.note == null }}', true],
    ["${{ inputs.limit < 'a' }}", false],
    ['${{ steps.overview.findings.length }}', undefined],
    ['${{ inputs.table.length }}', undefined],
    ['${{ inputs.toString }}', undefined],
    ["${{ inputs[default(null, '__proto__')] }}", undefined],
    ['no expression', 'no expression'],
    ['$' + '{HOME} stays', '$' + '{HOME} stays'],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected));

  it.each([
    ['${{ steps.', 'the name of a field is expected after "."'],
    ['${{ steps.x', 'the expression is not closed by "}}"'],
    ['${{ }}', 'the expression ends too early'],
    ['${{ steps.x.__proto__ }}', '"__proto__" is not allowed as a field'],
    ["${{ steps['constructor'] }}", '"constructor" is not allowed as a field'],
    ['${{ exec(1) }}', 'there is no function exec; there are length(x) and default(x, y)'],
    ["${{ 'open }}", "the text that begins here has no closing '"],
    ['${{ a b }}', '"b" is not expected here'],
    ['${{ 1 + 1 }}', '"+" has no meaning here'],
    ['${{ default(1) }}', '"," is expected here'],
    [`\${{ ${'('.repeat(40)}1${')'.repeat(40)} }}`, 'it is nested deeper than 32'],
    [`\${{ ${'not '.repeat(40)}1 }}`, 'it has more than 32 parts in a row'],
    [`\${{ a${'.b'.repeat(40)} }}`, 'it has more than 32 parts in a row'],
    [`\${{ 1 ${' '.repeat(5000)} }}`, 'a text with expressions has at most 4000 characters'],
  ])('%s is refused', (text, message) => expect(() => parseTemplate(text)).toThrow(message));

  it('names what it refers to', () => {
    expect(
      referencesOf(parseTemplate('${{ steps.a.x[steps.b.y] == inputs.c or length(item) > 0 }} ${{ steps }}')),
    ).toEqual([
      { root: 'steps', field: 'a' },
      { root: 'steps', field: 'b' },
      { root: 'inputs', field: 'c' },
      { root: 'item', field: undefined },
      { root: 'steps', field: undefined },
    ]);
  });

  it('either refuses a text or gives a value, whatever stands in it', () => {
    const word = fc.constantFrom(
      'steps',
      '.',
      '[',
      ']',
      '(',
      ')',
      'not',
      'and',
      'or',
      '==',
      '<',
      "'a'",
      '1',
      'length',
      ',',
      ' ',
      'overview',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 30 }).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.jsonValue(), (inner, data) => {
        try {
          fillTemplate(parseTemplate(`\${{ ${inner} }}`), { steps: { overview: data } });
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
    );
  });

  it('reads every field of JSON data by its path, and only own ones', () => {
    const path = fc.array(fc.oneof(fc.string(), fc.nat({ max: 3 })), { maxLength: 6 });
    fc.assert(
      fc.property(fc.jsonValue(), path, (data, keys) => {
        const quoted = keys.map((key) => `[${typeof key === 'number' ? key : `'${key.replaceAll("'", "''")}'`}]`);
        const text = `\${{ root${quoted.join('')} }}`;
        if (keys.some((key) => ['__proto__', 'constructor', 'prototype'].includes(String(key)))) return;
        const expected = keys.reduce<unknown>((at, key) => {
          if (typeof at !== 'object' || at === null || Array.isArray(at) !== (typeof key === 'number'))
            return undefined;
          return Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;
        }, data);
        expect(fillTemplate(parseTemplate(text), { root: data })).toEqual(expected);
      }),
    );
  });
});
