import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderData } from './data.ts';
import { wordsEn } from './words-en.ts';

const render = (data: object): string => renderData(data as never, wordsEn).join('\n\n');

it('shows plain members as a list, rows as tables, and the rows within rows', () => {
  const roots = [
    {
      pid: 7,
      held: ['a', 'b'],
      lines: [
        { depth: 0, query: 'UPDATE x' },
        { depth: 1, query: 'a | b' },
      ],
    },
  ];
  const data = { verdict: 'ok', total: 1, share: 0.123456, connections: { used: 5, slots: 97 }, notes: [], roots };
  expect(render(data)).toMatchInlineSnapshot(`
    "- total: 1
    - share: 0.1235
    - connections: used 5, slots 97

    **roots**

    | pid | held |
    | --- | --- |
    | 7 | a, b |

    **roots\\[0].lines**

    | depth | query |
    | --- | --- |
    | 0 | UPDATE x |
    | 1 | a \\| b |"
  `);
});

it('shows what a query returned as one table', () => {
  const data = {
    columns: ['title', 'bookings'],
    rows: [
      ['夜明けの観覧車', '5907'],
      ['a`|b', null],
    ],
    elapsedMs: 147.015421,
  };
  expect(render(data)).toMatchInlineSnapshot(`
    "| title | bookings |
    | --- | --- |
    | 夜明けの観覧車 | 5907 |
    | a\\\`\\|b |  |

    - elapsedMs: 147"
  `);
});

it('says what it leaves out', () => {
  const wide = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`c${index}`, index]));
  const text = render({ rows: Array.from({ length: 30 }, () => wide) });
  expect(text).toContain('20 of 30 rows shown.');
  expect(text).toContain('| c0 | c1 | c2 | c3 | c4 | c5 | c6 | c10 |');
  expect(text).toContain('Not shown: c7, c8, c9.');
});

it('keeps every value in its cell and its line, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 30 }), (rows) => {
      for (const block of renderData({ rows } as never, wordsEn)) {
        const lines = block.split('\n').filter((line) => line.startsWith('|'));
        const cells = lines.map((line) => line.replaceAll(/\\./g, '').split('|').length);
        expect(new Set(cells).size).toBeLessThanOrEqual(1);
      }
    }),
  );
});
