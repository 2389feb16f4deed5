import { describe, expect, it } from 'vitest';
import { randomCounts } from '../../../test/support/random-counts.ts';
import { burstCandidates } from './burst-candidates.ts';
import type { FleetProject } from './fleet-project.ts';
import { judgeFleet } from './judge-fleet.ts';

const spans = { windowHours: 1, baselineHours: 24 };

const project = (events: number, eventsBefore: number, more: Partial<FleetProject> = {}): FleetProject => ({
  project: 'movie-service',
  events,
  users: events,
  eventsBefore,
  hourly: [],
  newUnhandledUsers: [],
  ...more,
});

const only = (one: FleetProject) => judgeFleet([one], spans)[0];

/** A project whose hours are drawn alike, the window's times `times`. */
function drawn(
  random: ReturnType<typeof randomCounts>,
  name: string,
  mean: number,
  phi: number,
  times = 1,
): FleetProject {
  const hourly = Array.from({ length: spans.baselineHours }, () => random.bursts(mean, phi));
  const events = random.bursts(mean * times, phi);
  const eventsBefore = hourly.reduce((sum, count) => sum + count, 0);
  return project(events, eventsBefore, { project: name, hourly });
}

const kinds = [
  [0.2, 1],
  [3, 1],
  [7, 1],
  [20, 1],
  [200, 1],
  [3, 4],
  [20, 4],
  [100, 10],
] as const;

describe('an unchanged fleet', () => {
  it('raises an alarm in at most 1 % of runs, with single events and with bursts', () => {
    const random = randomCounts(20_260_301);
    const runs = 800;
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const fleet = kinds.flatMap(([mean, phi], index) =>
        [0, 1].map((copy) => drawn(random, `p${index}-${copy}`, mean, phi)),
      );
      const verdicts = judgeFleet(fleet, spans);
      if (verdicts.some(({ verdict }) => ['critical', 'warning', 'silent'].includes(verdict))) alarms += 1;
    }

    expect(alarms / runs).toBeLessThanOrEqual(0.01);
  });

  it('does not for bursts that a plain Poisson test would take for alarms', () => {
    const random = randomCounts(5);
    const runs = 300;
    const count = { plain: 0, own: 0 };
    for (let run = 0; run < runs; run += 1) {
      const fleet = Array.from({ length: 10 }, (_, index) => drawn(random, `p${index}`, 20, 8));
      const isAlarm = (list: readonly FleetProject[]) =>
        judgeFleet(list, spans).some(({ verdict }) => verdict === 'critical' || verdict === 'warning');
      if (isAlarm(fleet)) count.own += 1;
      if (isAlarm(fleet.map((one) => ({ ...one, hourly: [] })))) count.plain += 1;
    }
    expect(count.own / runs).toBeLessThanOrEqual(0.01);
    expect(count.plain / runs).toBeGreaterThan(0.3);
  });
});

describe('a fleet with one changed project', () => {
  it('finds it, and nothing else', () => {
    const random = randomCounts(11);
    const runs = 200;
    let found = 0;
    let others = 0;
    for (let run = 0; run < runs; run += 1) {
      const fleet = [
        drawn(random, 'changed', 100, 1, 2.5),
        ...Array.from({ length: 12 }, (_, index) => drawn(random, `p${index}`, 40, 1)),
      ];
      for (const { project, verdict } of judgeFleet(fleet, spans)) {
        if (verdict === 'ok') continue;
        if (project === 'changed') found += 1;
        else others += 1;
      }
    }
    expect(found / runs).toBeGreaterThan(0.97);
    expect(others / runs).toBeLessThanOrEqual(0.02);
  });

  it('finds a tenfold rise through bursts, and calls it critical when users meet it', () => {
    const random = randomCounts(12);
    const runs = 100;
    let critical = 0;
    for (let run = 0; run < runs; run += 1) {
      const fleet = [drawn(random, 'changed', 50, 4, 10), ...kinds.map(([mean, phi]) => drawn(random, 'p', mean, phi))];
      const worst = judgeFleet(fleet, spans)[0];
      if (worst?.project === 'changed' && worst.verdict === 'critical') critical += 1;
    }
    expect(critical / runs).toBeGreaterThan(0.95);
  });

  it('finds the one that fell silent', () => {
    const random = randomCounts(13);
    const fleet = [
      drawn(random, 'silent', 20, 1, 0),
      ...Array.from({ length: 20 }, (_, index) => drawn(random, `p${index}`, 20, 1)),
    ];
    expect(judgeFleet(fleet, spans)[0]).toMatchObject({ project: 'silent', verdict: 'silent', events: 0 });
  });
});

describe('one project', () => {
  it('is critical by rate only when ten users meet it', () => {
    expect(only(project(60, 240))).toMatchObject({ verdict: 'critical', rule: 'rate-critical', ratio: 6 });
    expect(only(project(60, 240, { users: 9 }))).toMatchObject({ verdict: 'warning', rule: 'rate-warning' });
    expect(only(project(30, 240))).toMatchObject({ verdict: 'warning' });
  });

  it('is critical by a new unhandled issue with ten users, whatever its rate', () => {
    expect(only(project(1, 2, { newUnhandledUsers: [3, 10] }))).toMatchObject({
      verdict: 'critical',
      rule: 'new-unhandled-issue',
      evidence: 'new unhandled issue with 10 users; 1/h after 0.083/h',
    });
    expect(only(project(1, 2, { newUnhandledUsers: [9] }))?.verdict).toBe('unknown');
  });

  it('with little data is unknown, with no events on both sides too', () => {
    expect(only(project(0, 0))).toMatchObject({ verdict: 'unknown', rule: 'too-little-data', power: 0 });
    expect(only(project(2, 24))).toMatchObject({
      verdict: 'unknown',
      evidence: '2 events after 1/h: a doubling would be seen with 5.11 %',
    });
    expect(only(project(9, 1))?.verdict).toBe('unknown'); // sure, but below ten events
  });

  it('that fails for the first time is told by its events, not by a ratio', () => {
    expect(only(project(12, 0))).toMatchObject({
      verdict: 'critical',
      ratio: undefined,
      evidence: '12/h after 0/h, none before, 12 events, 12 users, q <0.0001 (exact)',
    });
  });

  it('says what was dropped where it is silent', () => {
    expect(only(project(0, 480, { dropped: 25 }))?.evidence).toBe(
      '0 events after 20/h, q <0.0001 (exact); 25 events were dropped on the way in',
    );
    expect(only(project(0, 99))?.verdict).not.toBe('silent');
  });

  it('is ok with its evidence', () => {
    expect(only(project(52, 1200))).toMatchObject({
      verdict: 'ok',
      evidence: '52/h after 50/h, ×1 (95 %: 0.79 to 1.4), q 0.82 (exact)',
      threshold: 'below ×2 with 10 events, q ≤0.01',
    });
  });

  it('takes estimates and nonsense without failing', () => {
    expect(only(project(51.7, 1200.2))?.events).toBe(52);
    expect(only(project(1e300, Infinity))).toMatchObject({ events: 1e12, eventsBefore: 1e12 });
    expect(only(project(NaN, -3))).toMatchObject({ events: 0, eventsBefore: 0, verdict: 'unknown' });
  });
});

describe('burstCandidates', () => {
  it('are all that the alarms depend on: with their hours alone the fleet is judged the same', () => {
    const random = randomCounts(41);
    const isAlarm = (verdict: string) => ['critical', 'warning', 'silent'].includes(verdict);
    let most = 0;
    for (let run = 0; run < 150; run += 1) {
      const changed = random.uniform() < 0.5 ? 12 : 0;
      const fleet = [
        drawn(random, 'changed', 60, 4, changed),
        ...kinds.map(([mean, phi], index) => drawn(random, `p${index}`, mean, phi)),
      ];
      const candidates = burstCandidates(fleet, spans);
      const known = fleet.map((one) => (candidates.includes(one) ? one : { ...one, hourly: [] }));
      const alarms = (list: readonly FleetProject[]) =>
        judgeFleet(list, spans)
          .filter(({ verdict }) => isAlarm(verdict))
          .map(({ project, verdict, q }) => [project, verdict, q]);
      expect(alarms(known)).toEqual(alarms(fleet));
      most = Math.max(most, candidates.length);
    }
    expect(most).toBeLessThan(kinds.length);
  });

  it('are found by their rate, not by a new issue', () => {
    expect(burstCandidates([project(1, 2, { newUnhandledUsers: [50] })], spans)).toEqual([]);
    const one = project(0, 480);
    expect(burstCandidates([project(50, 1200), one], spans)).toEqual([one]);
  });
});
