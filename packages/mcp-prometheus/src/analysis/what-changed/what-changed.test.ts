import { seededRandom } from '@cinecom/mcp-core/stats';
import { parseQuery, type Point } from '@cinecom/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleGroup } from '../../model/rule.ts';
import { deadRules, presenceOf } from './absent.ts';
import { type EventReading, eventsOf, rankEvents } from './events.ts';
import { familiesOf, familyQueries, mostChanged, mostFamilies } from './families.ts';
import { leadWeight } from './lead.ts';
import { correlationOf, type FamilySeries, moverOf, moversOf } from './movers.ts';

const minute = 60_000;
const hour = 60 * minute;
const at = Date.parse('2026-03-10T03:00:00Z');
const options = { from: at - 2 * hour, to: at + 30 * minute, at, stepMs: minute };

function seriesOf(family: string, valueAt: (moment: number) => number): FamilySeries {
  const points: Point[] = [];
  for (let moment = at - 4 * hour; moment <= at + 30 * minute; moment += minute) points.push([moment, valueAt(moment)]);
  return { family, labels: {}, points };
}

describe('series that move', () => {
  it('rank a planted cause among the first three of hundreds, and tell when it began', () => {
    const planted = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      level: fc.double({ min: 1, max: 1e6, noNaN: true }),
      lead: fc.integer({ min: 1, max: 29 }),
      factor: fc.constantFrom(0.1, 2, 5, 100),
    });
    fc.assert(
      fc.property(planted, ({ seed, level, lead, factor }) => {
        const random = seededRandom(seed);
        const others = Array.from({ length: 300 }, (_, index) => {
          const size = 10 ** (index % 6);
          return seriesOf(
            `other_${index}`,
            (moment) => size * (2 + Math.sin(moment / hour / 4 + index) + random() / 5),
          );
        });
        const began = at - lead * minute;
        const cause = seriesOf('cause', (moment) => level * (moment < began ? 1 : factor) * (1 + random() / 20));
        const ranked = moversOf([...others, cause], options);
        const place = ranked.findIndex(({ family }) => family === 'cause');
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(3);
        expect(Math.abs(ranked[place]!.at - began)).toBeLessThanOrEqual(3 * minute);
      }),
      { numRuns: 15 },
    );
  });

  it('are not those that only waver, rise slowly, or say nothing', () => {
    const random = seededRandom(7);
    expect(
      moverOf(
        seriesOf('noise', () => 100 + 20 * random()),
        options,
      ),
    ).toBeUndefined();
    expect(
      moverOf(
        seriesOf('ramp', (moment) => moment / 1000),
        options,
      ),
    ).toBeUndefined();
    expect(
      moverOf(
        seriesOf('constant', () => 5),
        options,
      ),
    ).toBeUndefined();
    expect(
      moverOf(
        seriesOf('zero', () => 0),
        options,
      ),
    ).toBeUndefined();
    expect(
      moverOf(
        seriesOf('broken', () => Number.NaN),
        options,
      ),
    ).toBeUndefined();
    expect(moverOf({ family: 'short', labels: {}, points: [[at, 1]] }, options)).toBeUndefined();
  });

  it('count less long before the trouble, and least after it', () => {
    const step = (lead: number) =>
      moverOf(
        seriesOf('step', (moment) => (moment < at - lead * minute ? 1 : 3)),
        options,
      )!;
    expect(step(10).score).toBeCloseTo(2 * step(60).score, 6);
    expect(step(10).score).toBeCloseTo(5 * step(-10).score, 6);
  });

  it('weigh by lead without ever growing as the lead grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24 * 60 }), fc.integer({ min: 0, max: 24 * 60 }), (a, b) => {
        const [near, far] = [Math.min(a, b), Math.max(a, b)];
        expect(leadWeight(near * minute, minute)).toBeGreaterThanOrEqual(leadWeight(far * minute, minute));
      }),
    );
  });
});

describe('correlation', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 10, maxLength: 50 });
  const pointsOf = (list: readonly number[]): readonly Point[] => list.map((value, index) => [index, value]);

  it('is 1 with any rising line of the same values, −1 with a falling one', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), (list, factor) => {
        fc.pre(Math.max(...list) - Math.min(...list) > 1);
        const scaled = pointsOf(list.map((value) => factor * value + 3));
        expect(correlationOf(pointsOf(list), scaled)).toBeCloseTo(1, 6);
        expect(correlationOf(pointsOf(list), pointsOf(list.map((value) => -value)))).toBeCloseTo(-1, 6);
      }),
    );
  });

  it('is unknown with too few common moments, or where one never varies', () => {
    expect(correlationOf(pointsOf([1, 2, 3]), pointsOf([1, 2, 3]))).toBeUndefined();
    const many = Array.from({ length: 20 }, (_, index) => index);
    expect(correlationOf(pointsOf(many), pointsOf(many.map(() => 1)))).toBeUndefined();
  });
});

describe('events', () => {
  const steps = (valueAt: (moment: number) => number | undefined): readonly Point[] => {
    const points: Point[] = [];
    for (let moment = at - 2 * hour - minute; moment <= at + 30 * minute; moment += minute) {
      const value = valueAt(moment);
      if (value !== undefined) points.push([moment, value]);
    }
    return points;
  };
  const nothing: EventReading = {
    from: at - 2 * hour,
    stepMs: minute,
    builds: [],
    starts: [],
    up: [],
    targets: [],
    replicas: [],
    alerts: [],
    reloadedAt: undefined,
    startedAt: undefined,
  };
  const early = (moment: number) => (moment < at - 8 * minute ? 1 : undefined);
  const late = (moment: number) => (moment < at - 8 * minute ? undefined : 1);

  it('tell a deployment by what differs, and not a first appearance', () => {
    const labels = { family: 'api_build_info', job: 'api' };
    const builds = [
      { labels: { ...labels, version: '1.4.1' }, points: steps(early) },
      { labels: { ...labels, version: '1.4.2' }, points: steps(late) },
      { labels: { ...labels, job: 'new', version: '1' }, points: steps(late) },
    ];
    expect(eventsOf({ ...nothing, builds })).toEqual([
      { kind: 'deploy', what: 'api: version 1.4.1 → 1.4.2', at: at - 8 * minute },
    ]);
  });

  it('tell restarts by job, targets that fell and came back, and targets that vanished', () => {
    const starts = ['a', 'b'].map((instance, index) => ({
      labels: { __name__: 'process_start_time_seconds', job: 'api', instance },
      points: [[at, at / 1000 - 60 * (index + 1)] as const],
    }));
    const up = [
      { labels: { job: 'db' }, points: steps((moment) => (moment >= at - 5 * minute && moment < at ? 1 : 3)) },
    ];
    const targets = [
      { labels: { job: 'db' }, points: steps(() => 3) },
      { labels: { job: 'old' }, points: steps(early) },
    ];
    expect(eventsOf({ ...nothing, starts, up, targets })).toEqual([
      { kind: 'restart', what: 'api: 2 processes started', at: at - 2 * minute },
      { kind: 'targets', what: 'db: targets up 3 → 1, 3 at last', at: at - 5 * minute },
      { kind: 'targets', what: 'old: all targets vanished', at: at - 8 * minute },
    ]);
  });

  it('count an alert from when it began to fire, not one that fires all along', () => {
    const alerts = [
      { labels: { alertname: 'Slow', severity: 'page' }, points: steps(late) },
      { labels: { alertname: 'Always' }, points: steps(() => 1) },
    ];
    expect(eventsOf({ ...nothing, alerts })).toEqual([
      { kind: 'alert', what: 'Slow (page) began to fire', at: at - 8 * minute },
    ]);
  });

  it('rank what people do before what follows from it', () => {
    const ranked = rankEvents(
      [
        { kind: 'alert', what: 'alert', at: at - minute },
        { kind: 'deploy', what: 'late', at: at + 10 * minute },
        { kind: 'deploy', what: 'early', at: at - 9 * minute },
      ],
      at,
      minute,
    );
    expect(ranked.map(({ what }) => what)).toEqual(['early', 'late', 'alert']);
  });
});

describe('metric families', () => {
  const choose = (names: readonly string[], symptom: readonly string[] = []) =>
    familiesOf(names, { typeOf: () => undefined, symptom, windowMs: 4 * minute });

  it('compare counters by their rate, gauges by their mean, durations by the mean of each', () => {
    expect(choose(['a_total', 'b', 'c_sum', 'c_count', 'c_bucket', 'd_info', 'up'])).toEqual([
      { name: 'a_total', expr: 'sum by (job, service) (rate(a_total[4m]))' },
      { name: 'b', expr: 'avg by (job, service) (b)' },
      { name: 'c_count', expr: 'sum by (job, service) (rate(c_count[4m]))' },
      {
        name: 'c mean',
        expr: 'sum by (job, service) (rate(c_sum[4m])) / (sum by (job, service) (rate(c_count[4m])) > 0)',
      },
    ]);
  });

  it('come nearest to the symptom first, runtimes last, without the symptom itself', () => {
    const names = choose(['go_threads', 'a', 'checkout_queue', 'checkout_errors_total'], ['checkout_errors_total']);
    expect(names.map(({ name }) => name)).toEqual(['checkout_queue', 'a', 'go_threads']);
  });

  it('ask queries that can be read, and of the most changed ones where there are too many', () => {
    const families = choose(Array.from({ length: 450 }, (_, index) => `metric_${index}_total`));
    expect(familyQueries(families).every((query) => parseQuery(query).expr !== undefined)).toBe(true);
    const values = (changed: number) => new Map(families.map(({ name }, index) => [name, index === 431 ? changed : 1]));
    const chosen = mostChanged(families, values(1), values(2));
    expect(chosen).toHaveLength(mostFamilies);
    expect(chosen[0]).toBe(families[431]);
  });
});

describe('what is absent', () => {
  it('is told apart by when it was there', () => {
    const sets = {
      before: new Set(['kept', 'gone']),
      after: new Set(['kept', 'fresh']),
      weekAgo: new Set(['kept', 'gone', 'long gone']),
      jobsNow: new Set(['api']),
      jobsWeekAgo: new Set(['api', 'batch']),
    };
    expect(presenceOf(sets)).toEqual({
      metricsGone: ['gone'],
      metricsNew: ['fresh'],
      metricsGoneInWeek: ['long gone'],
      jobsGoneInWeek: ['batch'],
    });
    expect(presenceOf({ ...sets, before: new Set(), weekAgo: undefined })).toMatchObject({
      metricsGone: [],
      metricsNew: [],
      metricsGoneInWeek: [],
    });
  });

  it.each([
    ['postgres_up == 0', ['postgres_up']],
    ['up == 0', []],
    ['absent(gone)', []],
    ['up or gone', []],
    ['up unless gone', []],
    ['rate(gone[5m]) / rate(other[5m]) > 1', ['gone', 'other']],
    ['{__name__="gone"} > 0', ['gone']],
    ['ALERTS{alertname="x"}', []],
  ])('%s needs what it cannot do without', (expr, missing) => {
    const rule = { name: 'R', kind: 'recording', expr, labels: {}, health: 'ok', lastError: '' } as const;
    const groups: readonly RuleGroup[] = [
      {
        name: 'g',
        file: 'f',
        intervalMs: minute,
        lastEvaluationAt: 0,
        evaluationSeconds: 0,
        rules: [{ ...rule, lastEvaluationAt: 0, evaluationSeconds: 0 }],
      },
    ];
    expect(deadRules(groups, new Set(['up'])).flatMap((one) => one.missing)).toEqual(missing);
  });
});
