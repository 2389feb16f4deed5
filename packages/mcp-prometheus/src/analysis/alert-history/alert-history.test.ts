import type { Series } from '@cinecom/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeHistory, judgeSilence } from './judge-history.ts';
import { noiseOf } from './noise-of.ts';
import { readHistory } from './read-history.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `ALERTS` as stored at the minutes given. */
function alert(name: string, minutes: readonly number[], labels: Readonly<Record<string, string>> = {}): Series {
  return {
    labels: { __name__: 'ALERTS', alertname: name, alertstate: 'firing', severity: 'critical', ...labels },
    points: minutes.map((at) => [at * minute, 1] as const),
  };
}

const minutes = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

function read(series: readonly Series[], lastMinute: number, intervals: Readonly<Record<string, number>> = {}) {
  const span = { start: 0, end: lastMinute * minute };
  return readHistory(series, { span, stepMs: minute, intervalOf: (name) => intervals[name] ?? 0 });
}

function judge(series: readonly Series[], lastMinute: number) {
  const span = { start: 0, end: lastMinute * minute };
  return judgeHistory(noiseOf(read(series, lastMinute), span, minute), span);
}

describe('the history of an alert', () => {
  it('holds each time with its ends, minutes and flaps', () => {
    const [past] = read([alert('Down', [...minutes(0, 4), ...minutes(10, 10), ...minutes(30, 40)], { job: 'a' })], 40);
    expect(past).toEqual({
      name: 'Down',
      severity: 'critical',
      labels: { job: 'a' },
      episodes: [
        { from: 0, to: 4 * minute, firingMs: 5 * minute, beganBefore: true, open: false },
        { from: 10 * minute, to: 10 * minute, firingMs: minute, beganBefore: false, open: false },
        { from: 30 * minute, to: 40 * minute, firingMs: 11 * minute, beganBefore: false, open: true },
      ],
      firingMs: 17 * minute,
      longestMs: 11 * minute,
      flaps: 1, // five minutes between 4 and 10, nineteen between 10 and 30
    });
  });

  it('counts a gap of ten minutes as no flap, one of nine as one', () => {
    const gap = (length: number) => read([alert('A', [1, 2 + length])], 60)[0]?.flaps;
    expect([gap(9), gap(10)]).toEqual([1, 0]);
  });

  it('sees no gap between evaluations that lie further apart than the step', () => {
    const every10 = [alert('Slow', [0, 10, 20, 30])];
    expect(read(every10, 40, { Slow: 10 * minute })[0]?.episodes).toHaveLength(1);
    expect(read(every10, 40)[0]?.episodes).toHaveLength(4);
  });

  it('takes nothing away and adds nothing: each point in one episode, none without', () => {
    const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(history, (holds) => {
        const fires = holds.flatMap((one, at) => (one ? [at] : []));
        const past = read([alert('A', fires)], holds.length - 1);
        const episodes = past.flatMap((one) => one.episodes);
        expect(episodes.flatMap(({ from, to }) => minutes(from / minute, to / minute))).toEqual(fires);
        // of all runs, those of true values
        const starts = holds.filter((one, at) => one && !(holds[at - 1] ?? false)).length;
        expect(episodes).toHaveLength(starts);
        expect(past[0]?.firingMs ?? 0).toBe(fires.length * minute);
      }),
    );
  });
});

describe('rules compared', () => {
  it('adds label sets up, but counts a time at which several fire once in the share', () => {
    const span = { start: 0, end: 100 * minute };
    const series = [alert('A', minutes(10, 29), { job: 'a' }), alert('A', minutes(20, 39), { job: 'b' })];
    expect(noiseOf(read(series, 100), span, minute)).toMatchObject([
      { name: 'A', labelSets: 2, episodes: 2, firingMs: 40 * minute, share: 0.3, openSince: undefined },
    ]);
  });

  it('finds what fires always, in a window it fills or for a day without end', () => {
    expect(judge([alert('Full', minutes(0, 120))], 120)).toMatchObject([{ id: 'always_firing', object: 'Full' }]);
    const young = minutes((5 * day) / minute, (7 * day) / minute);
    expect(judge([alert('Young', young)], (7 * day) / minute)).toMatchObject([{ id: 'always_firing' }]);
    expect(judge([alert('Over', minutes(0, 100))], 120)).toEqual([]);
    expect(judge([alert('Now', minutes(100, 120))], 120)).toEqual([]);
  });

  it('finds what comes back again and again, and what comes too often', () => {
    const often = Array.from({ length: 30 }, (_, index) => index * 40);
    expect(judge([alert('Often', often)], (day / minute) * 1)).toMatchObject([{ id: 'too_noisy' }]);
    const flapping = Array.from({ length: 6 }, (_, index) => 100 + index * 5);
    expect(judge([alert('Flap', flapping)], day / minute)).toMatchObject([
      { id: 'flapping', evidence: 'came back within 10 min 5 times of 6' },
    ]);
    expect(judge([alert('Flap', flapping.slice(1))], day / minute)).toEqual([]);
  });

  it('tells of rules that never fired in one line, and of none where all did', () => {
    const silent = [
      { name: 'A', wasPending: true },
      { name: 'B', wasPending: false },
    ];
    expect(judgeSilence(silent, 3, '7 d')).toMatchObject([
      {
        id: 'never_fired',
        severity: 'info',
        evidence: '2 of 3 alerting rules without an alert in 7 d, 1 of them pending at times',
      },
    ]);
    expect(judgeSilence([], 3, '7 d')).toEqual([]);
  });
});
