import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { madeEvent } from '../../../test/support/made.ts';
import { joinSpans } from '../../analysis/events/spans.ts';
import type { EngineEvent, Span } from '../../model/event.ts';
import { followEvents } from './follow-events.ts';

const start = 1_000_000;
const die = (at: number): EngineEvent => madeEvent('api', at, 'die', { exitCode: 1 });

interface Levers {
  readonly end: () => void;
  readonly fail: () => void;
  readonly hold: (ms: number) => void;
}

/** An engine and a clock that only waiting moves. @param script what happens at the n-th wait, from 1: settling, then looks */
function world(script: (wait: number, engine: Levers) => void) {
  let now = start;
  let waits = 0;
  let pings = true;
  const ending = new AbortController();
  const kept: EngineEvent[] = [];
  const spans: Span[] = [];
  let flushes = 0;

  async function* stream(signal: AbortSignal): AsyncIterable<readonly EngineEvent[]> {
    yield [die(start - 500)];
    const either = AbortSignal.any([signal, ending.signal]);
    if (!either.aborted) await once(either, 'abort');
  }

  return {
    kept,
    covered: () => joinSpans(spans),
    flushes: () => flushes,
    followed: {
      engine: {
        liveEvents: async (_since: number, signal: AbortSignal) => stream(signal),
        events: async () => ({ events: [], completeSince: start - 2000 }),
        ping: async () => {
          if (!pings) throw new Error('no answer');
        },
      },
      recording: {
        add: (events: readonly EngineEvent[]) => void kept.push(...events),
        cover: (span: Span) => void spans.push(span),
        waiting: () => ({ events: [], spans: [] }),
        hasNews: () => false,
        flush: async () => void (flushes += 1),
      },
      now: () => now,
      async wait(ms: number, signal: AbortSignal): Promise<void> {
        signal.throwIfAborted();
        now += ms;
        waits += 1;
        script(waits, {
          end: () => ending.abort(),
          fail: () => (pings = false),
          hold: (held) => (now += held),
        });
        await new Promise(setImmediate); // so that the stream has its turn
      },
      onCovered: () => undefined,
    },
  };
}

const never = new AbortController().signal;

describe('following the events', () => {
  it('covers from what the engine remembers to its last answer, and keeps all of that at the end', async () => {
    const bed = world((wait, { end }) => {
      if (wait === 4) end();
    });
    await expect(followEvents(bed.followed, never)).rejects.toThrow('the engine has ended its stream');
    expect(bed.kept).toEqual([die(start - 500)]);
    const [span, ...others] = bed.covered();
    expect(others).toEqual([]);
    expect(span?.from).toBe(start - 2000);
    expect(span?.to).toBeGreaterThanOrEqual(start + 7000);
    expect(bed.flushes()).toBeGreaterThan(1);
  });

  it('claims nothing of the time after the last answer', async () => {
    const bed = world((wait, { fail }) => {
      if (wait === 3) fail();
    });
    await expect(followEvents(bed.followed, never)).rejects.toThrow('no answer');
    expect(bed.covered()).toEqual([{ from: start - 2000, to: start + 4000 }]);
  });

  it.each([
    ['was held', 60_000],
    ['had its clock set back', -60_000],
  ])('claims nothing of the time in which the process %s', async (_, ms) => {
    const bed = world((wait, { hold }) => {
      if (wait === 3) hold(ms);
    });
    await expect(followEvents(bed.followed, never)).rejects.toThrow('held, or its clock was set');
    expect(bed.covered()).toEqual([{ from: start - 2000, to: start + 4000 }]);
  });

  it('ends with its signal, and writes what it has', async () => {
    const stop = new AbortController();
    const bed = world((wait) => {
      if (wait === 2) stop.abort();
    });
    await expect(followEvents(bed.followed, stop.signal)).rejects.toThrow('aborted');
    expect(bed.covered()[0]?.from).toBe(start - 2000);
    expect(bed.flushes()).toBeGreaterThan(0);
  });
});
