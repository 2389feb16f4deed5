import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeEvent } from '../../../test/support/made.ts';
import type { EngineEvent, EventSlot, Span } from '../../model/event.ts';
import { historyOf } from './history-of.ts';
import { mergeEvents } from './merge-events.ts';
import { fillSlot, hourOf, hoursIn, hoursOf, mostEvents } from './slots.ts';
import { clipSpans, gapsIn, joinSpans } from './spans.ts';

const hour = 3_600_000;
const moment = fc.integer({ min: 0, max: 60 });
const spans = fc.array(fc.record({ from: moment, to: moment }), { maxLength: 8 });
const events = fc.array(
  fc.tuple(moment, fc.constantFrom('die', 'start', 'oom')).map(([at, action]) => madeEvent('api', at, action)),
);
const holds = (list: readonly Span[], at: number): boolean => list.some(({ from, to }) => from <= at && at <= to);
const halves = Array.from({ length: 121 }, (_, index) => index / 2);
const keys = (list: readonly EngineEvent[]): readonly string[] => list.map(({ at, action }) => `${at} ${action}`);

describe('spans', () => {
  it('joined hold the same moments, apart from each other and in order', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const joined = joinSpans(list);
        for (const at of halves) expect(holds(joined, at)).toBe(holds(list, at));
        for (const [index, { from }] of joined.entries()) {
          expect(from).toBeGreaterThan(joined[index - 1]?.to ?? Number.NEGATIVE_INFINITY);
        }
      }),
    );
  });

  it('and their gaps share a window between them', () => {
    fc.assert(
      fc.property(spans, moment, moment, (list, from, length) => {
        const window = { from, to: from + length };
        const gaps = gapsIn(window, list);
        const inner = (at: number): boolean => gaps.some((gap) => gap.from < at && at < gap.to);
        for (const at of halves.filter((one) => one > window.from && one < window.to)) {
          // moments at an edge belong to the span beside it
          expect(inner(at)).toBe(!holds(joinSpans(clipSpans(list, window)), at) && !isEdge(gaps, at));
        }
        for (const gap of gaps) expect(gap.to).toBeGreaterThan(gap.from);
      }),
    );
  });

  function isEdge(gaps: readonly Span[], at: number): boolean {
    return gaps.some(({ from, to }) => from === at || to === at);
  }
});

describe('events of several sources', () => {
  it('are merged in order, each once, none lost, whoever comes first', () => {
    fc.assert(
      fc.property(events, events, (a, b) => {
        const merged = mergeEvents(a, b);
        expect(new Set(keys(merged))).toEqual(new Set(keys([...a, ...b])));
        expect(new Set(keys(merged)).size).toBe(merged.length);
        expect(merged).toEqual(merged.toSorted((one, other) => one.at - other.at));
        expect(mergeEvents(merged, b)).toEqual(merged);
        expect(new Set(keys(mergeEvents(b, a)))).toEqual(new Set(keys(merged)));
      }),
    );
  });

  it('that differ only in what they say are several', () => {
    const kills = ['15', '9'].map((signal) => madeEvent('api', 1, 'kill', { signal }));
    expect(mergeEvents(kills, kills)).toEqual(kills);
  });
});

describe('a slot of an hour', () => {
  const empty = (at: number): EventSlot => ({ hour: hourOf(at), events: [], spans: [] });
  const wide = fc.integer({ min: 0, max: 5 * hour });

  it('holds its own part of what was recorded; all slots together hold all of it', () => {
    const some = fc.array(wide.map((at) => madeEvent('api', at, 'die')));
    const lists = fc.array(fc.tuple(wide, wide).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })));
    fc.assert(
      fc.property(some, lists, (list, covered) => {
        const recorded = { events: list, spans: covered };
        const slots = [...hoursIn(recorded)].map((one) => fillSlot(empty(one * hour), recorded));
        expect(mergeEvents(...slots.map((slot) => slot.events))).toEqual(mergeEvents(list));
        expect(joinSpans(slots.flatMap((slot) => slot.spans))).toEqual(joinSpans(covered));
        for (const slot of slots) expect(slot.events.every(({ at }) => hourOf(at) === slot.hour)).toBe(true);
      }),
    );
  });

  it('keeps the newest of too many, and says that the time before is not known', () => {
    const many = Array.from({ length: mostEvents + 10 }, (_, index) => madeEvent('api', index * 100, 'die'));
    const slot = fillSlot(empty(0), { events: many, spans: [{ from: 0, to: 3_000_000 }] });
    expect(slot.events).toHaveLength(mostEvents);
    expect(slot.events.at(-1)).toEqual(many.at(-1));
    expect(slot.spans).toEqual([{ from: 1000, to: 3_000_000 }]);
  });

  it('is one of as many as a window has hours', () => {
    expect(hoursOf({ from: 0.9 * hour, to: 2 * hour })).toEqual([0, 1, 2]);
  });
});

describe('what is known of a window', () => {
  const window = { from: 100, to: 1000 };
  const slotOf = (list: readonly EngineEvent[], ...covered: readonly Span[]): EventSlot => ({
    hour: 0,
    events: list,
    spans: covered,
  });
  const memory = (completeSince: number, ...list: readonly EngineEvent[]) => ({ completeSince, events: list });
  const die = (at: number): EngineEvent => madeEvent('api', at, 'die', { exitCode: 1 });

  it('is all of it where the recorder was there before the engine forgot', () => {
    const known = historyOf(window, memory(700, die(800)), [
      slotOf([die(50), die(150), die(800)], { from: 0, to: 750 }),
    ]);
    expect(known).toEqual({ events: [die(150), die(800)], gaps: [], completeSince: 100 });
  });

  it('is what the engine remembers where nothing was recorded', () => {
    expect(historyOf(window, memory(700, die(800)), [])).toEqual({
      events: [die(800)],
      gaps: [{ from: 100, to: 700 }],
      completeSince: 700,
    });
  });

  it('has a gap for each time that nobody looked, also when the recorder was there before it', () => {
    const slot = slotOf([die(150)], { from: 0, to: 300 }, { from: 400, to: 500 });
    expect(historyOf(window, memory(700), [slot])).toEqual({
      events: [die(150)],
      gaps: [
        { from: 300, to: 400 },
        { from: 500, to: 700 },
      ],
      completeSince: 700,
    });
  });

  it('never counts a moment as known that neither source covers', () => {
    fc.assert(
      fc.property(spans, moment, (covered, since) => {
        const { gaps, completeSince } = historyOf({ from: 0, to: 60 }, memory(since), [slotOf([], ...covered)]);
        for (const at of halves.filter((one) => one < since && !holds(covered, one))) {
          expect(holds(gaps, at)).toBe(true);
          expect(completeSince).toBeGreaterThanOrEqual(at);
        }
      }),
    );
  });
});
