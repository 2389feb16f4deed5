import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutate, randomQuery, seeded } from '../../test/random-query.ts';
import { checkQuery, lineColumn, lintRules, parseQuery, printExpr, walk } from '../index.ts';

const anyQuery = fc.tuple(fc.integer(), fc.boolean()).map(([seed, damaged]) => {
  const random = seeded(seed);
  const query = randomQuery(random, 3);
  return damaged ? mutate(random, query) : query;
});

/** A tree without its places. */
function shape(text: string): unknown {
  return JSON.parse(
    JSON.stringify(parseQuery(text).expr, (key, value: unknown) =>
      key === 'from' || key === 'to' || (key === 'text' && typeof value === 'string') ? undefined : value,
    ) ?? 'null',
  );
}

describe('reading any text', () => {
  it('never throws, and gives a tree or a problem inside the text', () => {
    fc.assert(
      fc.property(fc.oneof(anyQuery, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const { expr, problems } = checkQuery(text);
        expect(expr !== undefined || problems.length > 0).toBe(true);
        for (const { from, to, line, column } of problems) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(text.length);
          expect({ line, column }).toEqual(lineColumn(text, from));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the places of all nodes inside each other and in the text', () => {
    fc.assert(
      fc.property(anyQuery, (text) => {
        const { expr } = parseQuery(text);
        for (const { expr: node, above } of expr === undefined ? [] : walk(expr)) {
          expect(node.from).toBeLessThan(node.to);
          const parent = above.at(-1);
          if (parent === undefined) continue;
          expect(node.from).toBeGreaterThanOrEqual(parent.from);
          expect(node.to).toBeLessThanOrEqual(parent.to);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads what it prints as the same tree', () => {
    fc.assert(
      fc.property(anyQuery, (text) => {
        const { expr, problems } = parseQuery(text);
        if (expr === undefined || problems.length > 0) return;
        expect(shape(printExpr(expr))).toEqual(shape(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('lints any expression without throwing', () => {
    fc.assert(
      fc.property(anyQuery, (expr) => {
        const rule = {
          kind: 'alert' as const,
          name: 'A',
          group: 'g',
          expr,
          line: 1,
          exprLine: 1,
          exprKeepsLines: false,
          forMs: 0,
          keepFiringForMs: 0,
          labels: {},
          annotations: {},
          lines: {},
        };
        const file = { groups: [{ name: 'g', line: 1, intervalMs: undefined, rules: [rule] }], problems: [] };
        expect(lintRules(file).rules).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses what is too deep or too long', () => {
    for (const text of [
      `${'('.repeat(2000)}a${')'.repeat(2000)}`,
      `a${' + a'.repeat(3000)}`,
      '-'.repeat(5000),
      'a'.repeat(40_000),
    ])
      expect(checkQuery(text).problems[0]).toMatchObject({ code: expect.stringMatching(/too_deep|syntax/) as string });
  });
});

describe('variables of Grafana', () => {
  it.each([
    ['rate(a[$__rate_interval])', '$__rate_interval'],
    ['rate(a[${w}])', '${w}'],
    ['rate(a[[[w]]])', '[[w]]'],
  ])('stand for a duration in %s', (text, range) => {
    const { expr, problems } = parseQuery(text);
    expect(problems).toEqual([]);
    expect(expr).toMatchObject({ kind: 'call', args: [{ kind: 'selector', name: 'a', range: { text: range } }] });
  });

  it('keep the places of what stands behind them', () => {
    const text = 'rate(foo_${kind}_total{a="$b"}[$__range]) + rate(bar)';
    const [problem] = checkQuery(text).problems;
    expect(text.slice(problem!.from, problem!.to)).toBe('bar');
    expect(printExpr(parseQuery(text).expr!)).toBe(text);
  });
});
