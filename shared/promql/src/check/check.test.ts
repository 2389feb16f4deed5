import { describe, expect, it } from 'vitest';
import { appliesTo, checkQuery, readRegex, signatures } from '../index.ts';

function problemsOf(text: string): readonly string[] {
  return checkQuery(text).problems.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

describe('what the grammar lets pass', () => {
  it.each([
    ['rate(foo)', ['type 1:6']],
    ['sum(foo[5m])', ['type 1:5']],
    ['rate(sum(x)[5m])', ['type 1:6', 'type 1:6']],
    ['{job=~".*"}', ['type 1:1']],
    ['{}', ['type 1:1']],
    ['foo{job=~"a("}', ['regex 1:5']],
    ['1 > 2', ['type 1:1']],
    ['foo + bool 1', ['syntax 1:1']],
    ['foo and 1', ['type 1:1']],
    ['foo + on (a) group_left (a) bar', ['type 1:7']],
    ['topk(foo)', ['type 1:1']],
    ['sum(a) offset 5m', ['type 1:1']],
    ['foo offset 5m [1m]', ['type 1:1']],
    ['foo[0s]', ['syntax 1:5']],
    ['foo[5m3h]', ['syntax 1:7']],
    ['-"a"', ['type 1:1']],
    ['"a\\q"', ['string 1:3']],
    ['foo{a="b}', ['string 1:7']],
    ['up\n  + rate(foo)', ['type 2:10']],
  ])('%s', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('is none in what is right', () => {
    for (const text of [
      'sum by (job) (rate(foo{a="b"}[5m])) / on (job) group_left () sum by (job) (bar) > 0.5',
      'max_over_time(sum(foo)[1h:5m] offset 1d) unless absent(up{job=~".+"})',
      'rate($metric{x=~"$y"}[$__rate_interval]) > ${limit} and ${query}',
      'topk($n, [[name]]) + node_${kind}_bytes offset $back',
      'rate(a[${__range_s}s])',
    ])
      expect([text, problemsOf(text)]).toEqual([text, []]);
  });
});

describe('what only some servers know', () => {
  it.each([
    ['holt_winters(a[5m], 0.5, 0.5)', '2.42.0', false],
    ['holt_winters(a[5m], 0.5, 0.5)', '3.1.0', true],
    ['mad_over_time(a[5m])', '2.42.0', true],
    ['mad_over_time(a[5m])', '3.0.0', false],
    ['foo[300]', '2.55.1', true],
    ['{"a.b"}', '3.0.0', false],
  ])('%s on %s is wrong: %s', (text, version, wrong) => {
    const { problems } = checkQuery(text);
    expect(problems.map(({ code }) => code)).toEqual(['newer']);
    expect(problems.some((problem) => appliesTo(problem, version))).toBe(wrong);
    expect(problems.some((problem) => appliesTo(problem, undefined))).toBe(false);
  });

  it('is said of a function that is not known, with the nearest one', () => {
    const [problem] = checkQuery('1 + raet(foo[5m])').problems;
    expect(problem).toMatchObject({
      code: 'newer',
      since: 'unknown',
      from: 4,
      to: 8,
      hint: 'The nearest known function is rate.',
    });
  });

  it('does not keep any function of the table from being read', () => {
    for (const [name, { args }] of signatures) {
      const written = args.map(
        (type) => ({ vector: 'a', matrix: 'a[5m]', scalar: '1', string: '"x"', any: 'a' })[type],
      );
      const { problems } = checkQuery(`${name}(${written.join(', ')})`);
      expect([name, problems.filter(({ code }) => code !== 'newer')]).toEqual([name, []]);
    }
  });
});

describe('a regular expression', () => {
  it.each(['.*', '', 'a|', '(a|b*)?', 'a{0,3}', '^$', '[x]*', '(?i)', '()', '\\Q\\E', 'x{0}', '(?:a*)(?:b?)'])(
    '%j matches nothing at all, too',
    (pattern) => {
      expect(readRegex(pattern)).toMatchObject({ matchesEmpty: true });
    },
  );
  it.each([
    '.+',
    'a',
    'a|b',
    '[^a]',
    '(a|b)+',
    'a{2}',
    '\\d',
    '[]a]',
    '\\Qa*\\E',
    'x{,3}',
    '[[:alpha:]-z]',
    '\\bx',
    '(?P<n>a)',
  ])('%j does not', (pattern) => {
    expect(readRegex(pattern)).toMatchObject({ matchesEmpty: false });
  });
  it.each([
    '(',
    ')',
    '*',
    'a**',
    'a{3,2}',
    'a{1001}',
    '[a',
    '[z-a]',
    '(?=a)',
    '(?<!a)b',
    '\\y',
    'a\\',
    '\\1',
    '(?',
    '[[:nope:]]',
    '(a{500}){3}',
    '|*',
  ])('%j is refused', (pattern) => {
    expect(readRegex(pattern)).toHaveProperty('problem');
  });
});
