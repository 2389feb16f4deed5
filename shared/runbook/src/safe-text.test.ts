import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { code, fenced, inline, table } from './report/markdown.ts';
import { cut, safeLine, safeText } from './safe-text.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '`',
        '```',
        '\n',
        '|',
        '\u001b[31m',
        '\u202e',
        '<b>',
        '[a](b)',
        '# ',
        '- ',
        '1. ',
        '\\',
        '*',
        '_',
        'あ',
      ),
    )
    .map((parts) => parts.join('')),
);
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

it('shows nothing a terminal acts on or a reader does not see, and leaves readable text alone', () => {
  expect(safeText('\u001b]0;title\u0007\u001b[31m赤い\u001b[0m\r\nline\u202e 2\u200b')).toBe('赤い\nline 2');
  expect(safeText('予約 ① — “ok” 👍🏽')).toBe('予約 ① — “ok” 👍🏽');
  expect(safeLine('a\n  b', 3)).toBe('a b');
  fc.assert(
    fc.property(hostile, (text) => {
      expect(safeText(text)).not.toMatch(unseen);
    }),
  );
});

it('cuts without splitting a character', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 20 }), (text, most) => {
      const short = cut(text, most);
      expect(short.length).toBeLessThanOrEqual(most);
      expect(short).not.toMatch(/\p{Surrogate}$/u);
    }),
  );
});

it('keeps a fence closed, whatever stands in it', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const lines = fenced(text, 500).split('\n');
      const fence = lines[0]?.replace('text', '') ?? '';
      expect(lines.at(-1)).toBe(fence);
      expect(lines.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
    }),
  );
});

it('keeps a code span on one line and closed', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const span = code(text, 100);
      const fence = /^`+/.exec(span)?.[0] ?? '';
      expect(span.endsWith(fence)).toBe(true);
      expect(span).not.toContain('\n');
    }),
  );
});

it('keeps a row a row: no cell begins another one, a heading, or HTML', () => {
  fc.assert(
    fc.property(hostile, hostile, (left, right) => {
      const rows = table(
        ['a', 'b'],
        [
          ['x', 'y'],
          [inline(left), inline(right)],
        ],
      ).split('\n');
      expect(rows).toHaveLength(4);
      // A backslash pairs with what follows it, so the bars that are left over are the borders.
      expect(rows[3]?.replaceAll(/\\[^]/g, '').match(/\|/g)).toHaveLength(3);
      expect(rows[3]?.replaceAll(/\\[^]/g, '')).not.toMatch(/[<`[]/);
    }),
  );
});

it.each([
  ['# not a heading', '\\# not a heading'],
  ['- no item', '\\- no item'],
  ['1. no list', '1\\. no list'],
  ['3.2.1', '3.2.1'],
  ['_emphasis_ of pg_stat_activity', '\\_emphasis\\_ of pg_stat_activity'],
  ['a\n\nb', 'a ⏎ b'],
  ['<script>&lt;', '\\<script>\\&lt;'],
])('%j reads as %s', (text, expected) => expect(inline(text)).toBe(expected));
