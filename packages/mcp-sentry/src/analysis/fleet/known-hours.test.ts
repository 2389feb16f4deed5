import { describe, expect, it } from 'vitest';
import { randomCounts } from '../../../test/support/random-counts.ts';
import type { FleetProject, FleetSpans } from './fleet-project.ts';
import { judgeFleet } from './judge-fleet.ts';
import { wantedHours, withHours } from './known-hours.ts';
import { unjudged } from './unjudged.ts';

const spans = { windowHours: 1, baselineHours: 24 };
const most = 10;
const kinds = [
  [0.2, 1],
  [3, 1],
  [20, 1],
  [200, 1],
  [3, 4],
  [20, 4],
  [100, 10],
  [40, 20],
] as const;

interface Drawn {
  readonly project: FleetProject;
  readonly hourly: readonly number[];
}

function drawn(random: ReturnType<typeof randomCounts>, name: string, mean: number, phi: number, times = 1): Drawn {
  const hourly = Array.from({ length: spans.baselineHours }, () => random.bursts(mean, phi));
  const events = random.bursts(mean * times, phi);
  const eventsBefore = hourly.reduce((sum, count) => sum + count, 0);
  return {
    project: { project: name, events, users: events, eventsBefore, hourly: [], newUnhandledUsers: [] },
    hourly,
  };
}

/** As the overview does: counts of all, and hours of at most ten. */
function overview(fleet: readonly Drawn[], told: FleetSpans = spans) {
  const projects = fleet.map(({ project }) => project);
  const { asked, others, unasked } = wantedHours(projects, told, most);
  const known = new Map(
    fleet.flatMap(({ project: { project }, hourly }) => (asked.includes(project) ? [[project, hourly] as const] : [])),
  );
  return { verdicts: judgeFleet(withHours(projects, known, { asked, others }), told), asked, others, unasked };
}

const isAlarm = ({ verdict }: { readonly verdict: string }): boolean => /^(critical|warning|silent)$/.test(verdict);

describe('a fleet of a hundred projects, of which the hours of ten are asked for', () => {
  const hundred = (random: ReturnType<typeof randomCounts>) =>
    Array.from({ length: 100 }, (_, index) => {
      const [mean, phi] = kinds[index % kinds.length] ?? [1, 1];
      return drawn(random, `p${index}`, mean, phi);
    });

  it('that is unchanged alarms in at most 1 % of runs', () => {
    const random = randomCounts(20_260_302);
    const runs = 150;
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) if (overview(hundred(random)).verdicts.some(isAlarm)) alarms += 1;
    expect(alarms / runs).toBeLessThanOrEqual(0.01);
  });

  it('in which five rose tenfold shows them, and no others', () => {
    const random = randomCounts(3);
    const runs = 60;
    let [found, wrong] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const risen = Array.from({ length: 5 }, (_, index) => drawn(random, `risen${index}`, 50, 2, 10));
      for (const { project } of overview([...risen, ...hundred(random)]).verdicts.filter(isAlarm)) {
        if (project.startsWith('risen')) found += 1;
        else wrong += 1;
      }
    }
    expect(found / (5 * runs)).toBeGreaterThan(0.95);
    expect(wrong / runs).toBeLessThanOrEqual(0.02);
  });

  it('in which thirty rose tenfold shows them still, by the burstiest of those that are known', () => {
    const random = randomCounts(4);
    const risen = Array.from({ length: 30 }, (_, index) => drawn(random, `risen${index}`, 200, 1, 10));
    const { verdicts, asked, others, unasked } = overview([...risen, ...hundred(random)]);
    expect(asked).toHaveLength(most);
    expect(asked.every((name) => name.startsWith('risen'))).toBe(true);
    expect(others.length).toBeGreaterThanOrEqual(20);
    expect(unasked).toBeGreaterThanOrEqual(20);
    expect(verdicts.filter(isAlarm).filter(({ project }) => project.startsWith('risen'))).toHaveLength(30);
  });
});

describe('withHours', () => {
  const one = (project: string): FleetProject => ({
    project,
    events: 1,
    users: 1,
    eventsBefore: 1,
    hourly: [1],
    newUnhandledUsers: [],
  });

  it('gives the others the burstiest that is known, and marks as unread what is not', () => {
    const calm = Array.from({ length: 8 }, () => 5);
    const wild = [0, 0, 0, 0, 40, 0, 0, 0];
    const fleet = [one('a'), one('b'), one('c'), one('d')];
    const wanted = { asked: ['a', 'b'], others: ['c'] };
    const known = new Map([
      ['a', calm],
      ['b', wild],
    ]);
    expect(withHours(fleet, known, wanted).map(({ hourly }) => hourly)).toEqual([calm, wild, wild, []]);
    expect(withHours(fleet, known, wanted).some(({ areHoursUnread }) => areHoursUnread)).toBe(false);
    const unread = (told: ReadonlyMap<string, readonly number[]>) =>
      withHours(fleet, told, wanted).flatMap(({ project, areHoursUnread }) => (areHoursUnread ? [project] : []));
    expect(unread(new Map())).toEqual(['a', 'b', 'c']);
    expect(unread(new Map([['a', calm]]))).toEqual(['b']);
  });

  it('does not miss the hours of what had no errors before', () => {
    const fresh = { ...one('a'), eventsBefore: 0 };
    expect(withHours([fresh], new Map(), { asked: ['a'], others: [] })).toMatchObject([{ areHoursUnread: false }]);
  });
});

describe('a project whose hours could not be read', () => {
  const judged = (events: number, eventsBefore: number) =>
    judgeFleet(
      [
        {
          project: 'a',
          events,
          users: events,
          eventsBefore,
          hourly: [],
          areHoursUnread: true,
          newUnhandledUsers: [],
        },
      ],
      spans,
    )[0];

  it.each([
    [300, 1200],
    [1200, 1200],
    [0, 1200],
    [200, 24],
  ])('is unknown with %i events after %i', (events, before) => {
    expect(judged(events, before)).toMatchObject({ verdict: 'unknown', rule: 'bursts-unread' });
  });

  it('is an alarm where the change is too large for any burst', () => {
    const verdict = judged(5000, 24);
    expect(verdict).toMatchObject({ rule: 'rate-critical', isPhiAtMost: true });
    expect(verdict?.evidence).toContain('even if all before were one burst');
  });

  it('is ok as before where nothing would be an alarm', () => {
    expect(judged(60, 1200)).toMatchObject({ verdict: 'ok' });
  });

  it('of a bursty fleet that is unchanged alarms in at most 1 % of runs', () => {
    const random = randomCounts(11);
    const runs = 300;
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const fleet = Array.from({ length: 20 }, (_, index) => drawn(random, `p${index}`, 20, 10 + index));
      const projects = fleet.map(({ project }) => project);
      const verdicts = judgeFleet(withHours(projects, new Map(), wantedHours(projects, spans, most)), spans);
      if (verdicts.some(isAlarm)) alarms += 1;
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.01);
  });
});

describe('unjudged', () => {
  const verdictsOf = (more: Partial<FleetProject>) =>
    judgeFleet(
      [
        { project: 'a', events: 50, users: 5, eventsBefore: 1200, hourly: [], newUnhandledUsers: [], ...more },
        { project: 'steady', events: 50, users: 5, eventsBefore: 1200, hourly: [], newUnhandledUsers: [] },
      ],
      spans,
    );

  it('says what kept a project from a verdict: bursts, or too few errors', () => {
    const hourly = Array.from({ length: 24 }, (_, hour) => (hour === 5 ? 1200 : 0));
    expect(unjudged(verdictsOf({ hourly }))).toMatchObject([
      { what: 'rate of 1 project', why: expect.stringContaining('bursts') as string, required: false },
    ]);
    expect(unjudged(verdictsOf({ events: 1, eventsBefore: 5 }))).toMatchObject([
      { what: 'rate of 1 project', why: expect.stringContaining('too few errors') as string, required: false },
    ]);
  });

  it('does not let the whole be ok where a project changed and its bursts are not known', () => {
    expect(unjudged(verdictsOf({ events: 400, areHoursUnread: true }))).toMatchObject([
      { why: expect.stringContaining('could not be read') as string, required: true },
    ]);
  });
});
