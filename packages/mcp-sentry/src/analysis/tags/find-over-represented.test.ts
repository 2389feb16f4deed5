import { describe, expect, it } from 'vitest';
import { randomCounts } from '../../../test/support/random-counts.ts';
import { findOverRepresented } from './find-over-represented.ts';

const counts = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(entries));

describe('findOverRepresented', () => {
  it('finds the value that an issue has more often than the rest of its project', () => {
    const [first, ...others] = findOverRepresented([
      {
        key: 'browser',
        issue: counts({ Safari: 90, Chrome: 10 }),
        project: counts({ Safari: 190, Chrome: 910 }),
      },
      { key: 'region', issue: counts({ tokyo: 60, osaka: 40 }), project: counts({ tokyo: 660, osaka: 440 }) },
    ]);
    expect(first).toMatchObject({ key: 'browser', value: 'Safari', events: 90, shareInside: 0.9, shareOutside: 0.1 });
    expect(first?.isOver).toBe(true);
    expect(first?.q).toBeLessThan(1e-9);
    expect(others.filter(({ isOver }) => isOver)).toEqual([]);
    expect(others.map(({ key, value }) => `${key} ${value}`)).toEqual([
      'region tokyo',
      'region osaka',
      'browser Chrome',
    ]);
  });

  it('takes the project without the issue, so an issue that is all of it proves nothing', () => {
    const same = counts({ Safari: 300 });
    expect(findOverRepresented([{ key: 'browser', issue: same, project: same }])[0]).toEqual({
      key: 'browser',
      value: 'Safari',
      events: 300,
      shareInside: 1,
      shareOutside: undefined,
      p: undefined,
      q: undefined,
      isOver: false,
      method: undefined,
    });
    expect(findOverRepresented([{ key: 'browser', issue: same, project: undefined }])[0]?.isOver).toBe(false);
  });

  it('finds a value that the rest has never had, by the exact test', () => {
    const found = findOverRepresented([
      { key: 'release', issue: counts({ v2: 12, v1: 1 }), project: counts({ v2: 12, v1: 901 }) },
    ]);
    expect(found[0]).toMatchObject({ value: 'v2', shareOutside: 0, isOver: true, method: 'exact' });
  });

  it('is not misled by names of the language itself', () => {
    const found = findOverRepresented([
      { key: '__proto__', issue: counts({ constructor: 50 }), project: counts({ constructor: 50, toString: 950 }) },
    ]);
    expect(found[0]).toMatchObject({ key: '__proto__', value: 'constructor', isOver: true });
  });

  it('finds nothing in issues drawn like their projects, in at least 98 % of answers', () => {
    const random = randomCounts(31);
    const runs = 400;
    let wrong = 0;
    for (let run = 0; run < runs; run += 1) {
      const tags = Array.from({ length: 5 }, (_, key) => {
        const means = [400, 200, 100, 30, 5];
        const issue = new Map(means.map((mean, value) => [`v${value}`, random.poisson(mean / 5)]));
        const rest = new Map(means.map((mean, value) => [`v${value}`, random.poisson(mean)]));
        const project = new Map([...issue].map(([value, count]) => [value, count + (rest.get(value) ?? 0)]));
        return { key: `k${key}`, issue, project };
      });
      if (findOverRepresented(tags).some(({ isOver }) => isOver)) wrong += 1;
    }
    expect(wrong / runs).toBeLessThanOrEqual(0.02);
  });
});
