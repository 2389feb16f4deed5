import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forbiddenKeys, isList, isObject, type Json } from '../json.ts';
import { parseExpression } from './parse.ts';
import { ExpressionError } from './syntax.ts';
import { fill, parseTemplate, pathsOf } from './template.ts';

const scope: ReadonlyMap<string, Json> = new Map<string, Json>([
  [
    'steps',
    {
      overview: { verdict: 'critical', findings: [{ object: 'orders', rows: 12 }, { object: 'seats' }], 'a-b': 1 },
      empty: { findings: [], note: null },
    },
  ],
  ['inputs', { table: '予約', limit: 5, not: true }],
]);
const value = (template: Json): Json => fill(parseTemplate(template), scope);

describe('expressions', () => {
  it.each<[string, Json]>([
    ['${{ steps.overview.findings[0].object }}', 'orders'],
    ["${{ steps['overview'].findings[1]['object'] }}", 'seats'],
    ['${{steps.overview.findings[0].rows}}', 12],
    ['${{ steps.overview.a-b }}', 1],
    ['table ${{ inputs.table }} of ${{ inputs.limit }}', 'table 予約 of 5'],
    ['${{ inputs.table }}${{ inputs.limit }}', '予約5'],
    ["${{ steps.overview.verdict == 'critical' and inputs.limit >= 5 }}", true],
    ["${{ steps.overview.verdict == 'ok' || inputs.limit != 5 }}", false],
    ['${{ not (inputs.limit < 5 or inputs.limit > 5) }}', true],
    ['${{ !inputs.not }}', false],
    ['${{ true or false and false }}', true],
    ['${{ length(steps.overview.findings) > 1 }}', true],
    ['${{ length(inputs.table) }}', 2],
    ['${{ length(inputs) }}', 3],
    ['${{ length(1) }}', 0],
    ["${{ default(steps.empty.note, 'none') }}", 'none'],
    ['${{ default(inputs.limit, 1) }}', 5],
    ["${{ 'it''s' }}", "it's"],
    ["${{ '${{ }}' }}", '${{ }}'],
    ['${{ -1.5e2 }}', -150],
    ['${{ steps.nowhere.findings[0] }}', null],
    ['before ${{ steps.nowhere }}', 'before '],
    ['data ${{ steps.overview.findings[1] }}', 'data {"object":"seats"}'],
    ['${{ steps.empty.note == null }}', true],
    ["${{ inputs.limit < 'a' }}", false],
    ['${{ inputs == inputs }}', false],
    ['${{ steps.overview.findings.length }}', null],
    ['${{ inputs.table.length }}', null],
    ['${{ inputs.toString }}', null],
    ['no expression', 'no expression'],
    ['${HOME} stays', '${HOME} stays'],
  ])('%s', (template, expected) => expect(value(template)).toEqual(expected));

  it.each([
    ['${{ steps.', 'a name was expected after the dot'],
    ['${{ steps.x', 'the expression is not closed by "}}"'],
    ['${{ }}', 'a value was expected, not the end'],
    ['${{ steps.x.__proto__ }}', 'the name "__proto__" is not allowed'],
    ["${{ steps['constructor'] }}", 'the name "constructor" is not allowed'],
    ['${{ prototype }}', 'the name "prototype" is not allowed'],
    ['${{ exec(1) }}', 'there is no function "exec"; there are length(x) and default(x, y)'],
    ["${{ 'open }}", "the text that begins here has no closing '"],
    ['${{ "text" }}', "text stands in single quotes, as in 'critical'"],
    ['${{ a b }}', '"b" was not expected here'],
    ['${{ 1 < 2 < 3 }}', '"<" was not expected here'],
    ['${{ 1 + 1 }}', '"+" is not part of the expression language'],
    ['${{ steps[-1] }}', 'an index such as [0]'],
    ['${{ default(1) }}', '"," was expected'],
    [`\${{ ${'('.repeat(40)}1${')'.repeat(40)} }}`, 'nests deeper than 32'],
    [`\${{ ${'not '.repeat(40)}1 }}`, 'nests deeper than 32'],
    [`\${{ a${'.b'.repeat(600)} }}`, 'at most 1000 characters'],
  ])('%s is refused', (template, message) => expect(() => parseTemplate(template)).toThrow(message));

  it('leaves out members that are null by an expression, and keeps those written as null', () => {
    expect(value({ a: '${{ steps.nowhere }}', b: null, c: ['${{ steps.nowhere }}'] })).toEqual({ b: null, c: [null] });
  });

  it('names every path it looks at', () => {
    const paths = pathsOf(
      parseTemplate({ a: ['${{ default(steps.a.x, steps.b) }} ${{ not length(item) < inputs.c }}'] }),
    );
    expect(paths.map(({ root, keys }) => [root, ...keys].join('.'))).toEqual([
      'steps.a.x',
      'steps.b',
      'item',
      'inputs.c',
    ]);
  });
});

describe('an expression, whatever stands in it,', () => {
  const words = "steps . [ ] ( ) not and or ! && || == < 'a' 1 length default , overview }} ${{".split(' ');
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((list) => list.join(' ')),
  );

  it('is refused with a place, or has a value of plain data', () => {
    fc.assert(
      fc.property(text, fc.jsonValue(), (inner, data) => {
        try {
          const given = new Map([['steps', { overview: data as Json }]]);
          expect(JSON.stringify(fill(parseTemplate(`\${{ ${inner} }}`), given))).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          expect((error as ExpressionError).at).toBeLessThanOrEqual(inner.length + 7);
        }
      }),
    );
  });

  it('reads by its path every own field of the data, and nothing else', () => {
    const path = fc.array(fc.oneof(fc.string(), fc.nat({ max: 3 })), { maxLength: 6 });
    fc.assert(
      fc.property(fc.jsonValue(), path, (data, keys) => {
        if (keys.some((key) => forbiddenKeys.has(String(key)))) return;
        const quoted = keys.map((key) => `[${typeof key === 'number' ? key : `'${key.replaceAll("'", "''")}'`}]`);
        const expected = keys.reduce<Json>((at, key) => {
          if (typeof key === 'number') return isList(at) ? (at[key] ?? null) : null;
          return isObject(at) && Object.hasOwn(at, key) ? (at[key] ?? null) : null;
        }, data as Json);
        const { expression } = parseExpression(`root${quoted.join('')}`);
        const filled = fill({ kind: 'expression', expression }, new Map([['root', data as Json]]));
        expect(filled).toEqual(expected);
      }),
    );
  });
});
