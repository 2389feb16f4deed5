import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellText } from './cell-text.ts';
import { datasetNames } from './dataset-names.ts';
import { knownFields } from './known-fields.ts';
import { nearestNames } from './nearest-names.ts';
import { seriesInterval } from './series-interval.ts';

describe('cellText', () => {
  it.each([
    ['title', 'TypeError', undefined, 'TypeError'],
    ['title', null, undefined, '–'],
    ['title', undefined, undefined, '–'],
    ['is_transaction', true, undefined, 'true'],
    ['count()', 12_345, undefined, '12,345'],
    ['p95(span.duration)', 1500, 'millisecond', '1.5 s'],
    ['p95(span.duration)', 1.5, 'second', '1.5 s'],
    ['p95(span.duration)', 90_000_000_000, 'nanosecond', '1 min 30 s'],
    ['avg(span.self_time)', 250, undefined, '250 ms'],
    ['count_if(span.duration,greater,300)', 250, undefined, '250'],
    ['failure_rate()', 0.125, undefined, '12.5 %'],
    ['crash_free_rate(session)', 0.99, undefined, '99 %'],
    ['issue.id', 1_234_567, undefined, '1234567'],
    ['id', 1_234_567, undefined, '1234567'],
  ])('of %s %s in %s is %s', (field, value, unit, text) => {
    expect(cellText(field, value, unit)).toBe(text);
  });
});

describe('nearestNames', () => {
  const known = knownFields('spans');

  it.each([
    ['span.duraton', 'span.duration'],
    ['transactoin', 'transaction'],
    ['SPAN.OP', 'span.op'],
    ['p95(span.duratoin)', 'p95(span.duration)'],
    ['enviroment', 'environment'],
  ])('of %s is %s first', (wrong, near) => {
    expect(nearestNames([wrong], known)[0]).toBe(near);
  });

  it('are none where nothing is near, and never the ones that were written', () => {
    expect(nearestNames(['qqqqqqqqqqqq'], known)).toEqual([]);
    expect(nearestNames(['transaction'], known)).not.toContain('transaction');
    expect(nearestNames([], known)).toEqual([]);
  });

  it('are plain, at most five, each once, nearest first', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), fc.array(name, { maxLength: 30 }), (wrong, names) => {
        const near = nearestNames(wrong, names);
        expect(near.length).toBeLessThanOrEqual(5);
        expect(new Set(near).size).toBe(near.length);
        for (const one of near) {
          expect(one).toMatch(/^[\w.()]+$/);
          expect(wrong).not.toContain(one);
        }
      }),
    );
  });

  it('find a name of which one letter is left out, added, changed or swapped', () => {
    const word = fc.stringMatching(/^[a-f]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat({ max: 30 }), fc.constantFrom('out', 'add', 'change', 'swap'), (text, at, how) => {
        const place = at % (text.length - 1);
        const [left, letter, rest] = [text.slice(0, place), text[place] ?? '', text.slice(place + 1)];
        const typo = {
          out: left + rest,
          add: `${left}x${letter}${rest}`,
          change: `${left}x${rest}`,
          swap: left + rest.charAt(0) + letter + rest.slice(1),
        }[how];
        expect(typo === text ? [text] : nearestNames([typo], [text])).toEqual([text]);
      }),
    );
  });
});

describe('seriesInterval', () => {
  const [hour, day] = [3_600_000, 86_400_000];

  it.each([
    [hour, 300],
    [day, 3600],
    [30 * 60_000, 60],
    [7 * day, 21_600],
    [90 * day, 3 * 86_400],
  ])('of %i ms in thirty points is %i s', (length, seconds) => {
    expect(seriesInterval({ start: 0, end: length }, 30)).toBe(seconds);
  });

  it('never makes more points than asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 * day }), fc.integer({ min: 1, max: 100 }), (length, points) => {
        const seconds = seriesInterval({ start: 0, end: length }, points);
        expect(length / 1000 / seconds).toBeLessThanOrEqual(points);
        expect(seconds % 60).toBe(0);
      }),
    );
  });
});

it('every dataset has names of its own beside those of all', () => {
  for (const dataset of datasetNames) {
    const names = knownFields(dataset);
    expect(names).toEqual(expect.arrayContaining(['project', 'count()']));
    expect(names.length).toBeGreaterThan(8);
  }
});
