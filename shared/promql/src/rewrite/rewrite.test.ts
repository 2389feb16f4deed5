import { describe, expect, it } from 'vitest';
import {
  dropMatchers,
  isAdditive,
  parseQuery,
  printExpr,
  printSelector,
  quoteLabelValue,
  replaceThreshold,
  selectorsOf,
  thresholdOf,
  unquote,
} from '../index.ts';

function read(text: string) {
  const { expr, problems } = parseQuery(text);
  if (expr === undefined) throw new Error(`${text}: ${problems[0]?.message}`);
  return expr;
}

describe('selectors', () => {
  it('are found with what stands around them', () => {
    const found = selectorsOf(read('sum(rate(a[5m])) / b unless absent(c) or topk(3, d{x="1"})'));
    expect(
      found.map(({ selector, aggregated, underAbsent, excludes, substitutes }) => [
        selector.name,
        aggregated,
        underAbsent,
        excludes,
        substitutes,
      ]),
    ).toEqual([
      ['a', true, false, false, false],
      ['b', false, false, false, false],
      ['c', true, true, true, false],
      ['d', true, false, false, true],
    ]);
  });

  it('lose a matcher and print again', () => {
    const [found] = selectorsOf(read(`rate(a{b="1",c!~'x"'}[5m] offset 1h)`));
    expect(printSelector(dropMatchers(found!.selector, found!.selector.matchers.slice(0, 1)))).toBe(
      'a{c!~"x\\""}[5m] offset 1h',
    );
  });
});

describe('a threshold', () => {
  it.each([
    ['sum(a) > 5', 7, 'sum(a) > 7'],
    ['( a  >=  -0.5 ) # why', 1e-9, '( a  >=  1e-9 ) # why'],
    ['a > 10 * 1024', 20, 'a > 20'],
  ])('is replaced in %s', (text, value, expected) => {
    const threshold = thresholdOf(read(text));
    if ('refused' in threshold) throw new Error(threshold.refused);
    expect(replaceThreshold(text, threshold, value)).toBe(expected);
    expect(printExpr(read(expected))).toContain(String(value));
  });

  it.each(['a', 'a > b', '5 < a', 'a > bool 5', 'a > 5 and b > 3', 'absent(a)'])('is refused for %s', (text) => {
    expect(thresholdOf(read(text))).toHaveProperty('refused');
  });
});

describe('adding series', () => {
  it.each(['sum by (a) (b)', 'rate(a[5m])', '100 * sum(a)', '(increase(a[1h]) / 3600)', 'count(a)', '-sum(a)'])(
    'makes sense for %s',
    (text) => {
      expect(isAdditive(read(text))).toBe(true);
    },
  );
  it.each(['a', 'avg(a)', 'sum(a) / sum(b)', 'histogram_quantile(0.9, sum by (le) (rate(a[5m])))', '1 / sum(a)'])(
    'makes none for %s',
    (text) => {
      expect(isAdditive(read(text))).toBe(false);
    },
  );
});

describe('the escaper', () => {
  it.each(['', 'a"b', 'a\\', '\n\t\u0000\u007f', '名前', "'`", '\\"'])('is undone by unquote: %j', (value) => {
    expect(unquote(quoteLabelValue(value))).toEqual({ value });
  });
});
