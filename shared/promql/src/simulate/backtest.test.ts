import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Series } from '../series.ts';
import { backtestRule, backtestStart } from './backtest.ts';
import { goFloat, readLabelTemplate } from './expand-label.ts';

const minute = 60_000;
const rule = { name: 'SeatsLow', labels: { severity: 'warning' }, forMs: 0, keepFiringForMs: 0 };

/** What a server answers to `metric > threshold`: only points at which it holds. */
function over(values: readonly number[], threshold: number, labels = {}, start = 0): Series {
  return {
    labels,
    points: values.flatMap((value, index) => (value > threshold ? [[start + index * minute, value] as const] : [])),
  };
}

describe('a backtest', () => {
  it('counts what a constructed history holds', () => {
    // 4 min below, then 10 min above, 3 min below, 2 min above until the end
    const values = [0, 0, 0, 0, ...Array<number>(10).fill(9), 0, 0, 0, 9, 9];
    const found = backtestRule(
      { ...rule, forMs: 5 * minute },
      [over(values, 5)],
      { start: 0, end: 18 * minute },
      minute,
    );
    expect(found.episodes).toEqual([
      {
        labels: { alertname: 'SeatsLow', severity: 'warning' },
        from: 9 * minute, // held since 4, for 5
        to: 13 * minute,
        beganBefore: false,
        open: false,
        firingMs: 5 * minute,
      },
    ]);
    expect(found).toMatchObject({
      firingMs: 5 * minute,
      longestMs: 5 * minute,
      labelSets: 1,
      evaluations: 19,
      pendingOnly: 0,
    });
    expect(found.firingShare).toBeCloseTo(5 / 19);
  });

  it('knows what began before the window, and what is not over', () => {
    const span = { start: 60 * minute, end: 70 * minute };
    const begin = backtestStart(span, rule, minute);
    const values = Array<number>((span.end - begin) / minute + 1).fill(9);
    const { episodes } = backtestRule(rule, [over(values, 5, {}, begin)], span, minute);
    expect(episodes).toMatchObject([{ from: span.start, to: span.end, beganBefore: true, open: true }]);
  });

  it('never fires longer as the threshold of > rises', () => {
    const history = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 20, maxLength: 200 });
    const timing = fc.record({
      forMs: fc.integer({ min: 0, max: 6 }).map((count) => count * minute),
      keepFiringForMs: fc.integer({ min: 0, max: 4 }).map((count) => count * minute),
    });
    fc.assert(
      fc.property(history, timing, (values, timed) => {
        const span = { start: 0, end: (values.length - 1) * minute };
        const minutes = Array.from(
          { length: 21 },
          (_, threshold) => backtestRule({ ...rule, ...timed }, [over(values, threshold)], span, minute).firingMs,
        );
        expect(minutes).toEqual(minutes.toSorted((a, b) => b - a));
      }),
    );
  });

  it('makes a new alert of each value where a label holds it, so that it hardly ever fires', () => {
    const values = [6, 7, 8, 9, 9, 9, 9, 9];
    const unstable = { ...rule, forMs: 2 * minute, labels: { now: '{{ $value }}' } };
    const found = backtestRule(unstable, [over(values, 5)], { start: 0, end: 7 * minute }, minute);
    expect(found.episodes).toMatchObject([{ labels: { now: '9' }, from: 5 * minute }]);
    expect(found.pendingOnly).toBe(3);
  });

  it('leaves states as they were at evaluations that fail', () => {
    const both = [over([9, 9, 9, 9], 5, { host: 'a' }), over([0, 9, 0, 0], 5, { host: 'b' })];
    const merged = { ...rule, labels: { host: 'one' } };
    const found = backtestRule(merged, both, { start: 0, end: 3 * minute }, minute);
    expect(found).toMatchObject({ failing: 1, evaluations: 3, episodes: [{ from: 0, to: 3 * minute }] });
  });

  it('takes a label as it is written where only the server can expand it, and says so', () => {
    const strange = { ...rule, labels: { more: '{{ query "up" | first | value }}' } };
    expect(backtestRule(strange, [over([9], 5)], { start: 0, end: 0 }, minute).unsupported).toEqual([
      '{{ query "up" | first | value }}',
    ]);
  });
});

describe('templates of labels', () => {
  const data = { labels: { job: 'api', le: '' }, value: 0.256, externalLabels: { dc: 'tokyo' } };
  it.each([
    ['plain', 'plain'],
    ['{{ $labels.job }}-{{.Labels.job}}', 'api-api'],
    ['{{ $labels.missing }}', ''],
    ['{{ $labels.constructor }}', ''],
    ['{{ $externalLabels.dc | toUpper }}', 'TOKYO'],
    ['{{ index $labels "job" }}', 'api'],
    ['{{ $value }}', '0.256'],
    ['{{ $value | printf "%.1f" }}%', '0.3%'],
    ['{{ printf "%.0f" $value }}', '0'],
  ])('%s', (text, expected) => {
    const template = readLabelTemplate(text);
    expect('expand' in template ? template.expand(data) : template).toBe(expected);
  });

  it.each(['{{ humanize $value }}', '{{ if true }}x{{ end }}', '{{ $labels.job', '{{ $value | humanizePercentage }}'])(
    '%s is left to the server',
    (text) => expect(readLabelTemplate(text)).toHaveProperty('unsupported'),
  );

  it('prints floats as Go does', () => {
    // what `fmt.Print` of Go says of the same
    expect(
      [1, 0.1, 1e-5, 0.0001, 123456.7, 1234567.8, 1e6, 123456789, 1e21, -2.5e-7, 999999].map(goFloat).join(' '),
    ).toBe('1 0.1 1e-05 0.0001 123456.7 1.2345678e+06 1e+06 1.23456789e+08 1e+21 -2.5e-07 999999');
    expect([NaN, Infinity, -Infinity].map(goFloat)).toEqual(['NaN', '+Inf', '-Inf']);
  });
});
