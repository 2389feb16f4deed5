import type { EngineEvent, EventSlot, Span } from '../../model/event.ts';
import { mergeEvents } from './merge-events.ts';
import { clipSpans, joinSpans } from './spans.ts';

const hourMs = 3_600_000;
/** Of one hour: more than one a second. */
export const mostEvents = 5000;

/** The slot that a moment belongs to. @param at UTC ms */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs);
}

/** All hours of a span, first to last. */
export function hoursOf({ from, to }: Span): readonly number[] {
  const first = hourOf(from);
  return Array.from({ length: Math.max(0, hourOf(to) - first + 1) }, (_, index) => first + index);
}

/**
 * A slot with more in it: what is of other hours is left out. Of more than `mostEvents` the newest are kept, and the time
 * before them is not known any more.
 */
export function fillSlot(slot: EventSlot, more: Pick<EventSlot, 'events' | 'spans'>): EventSlot {
  const { hour } = slot;
  const all = mergeEvents(
    slot.events,
    more.events.filter(({ at }) => hourOf(at) === hour),
  );
  const events = all.slice(-mostEvents);
  const from = all.length > events.length ? (events[0]?.at ?? 0) : hour * hourMs;
  // the last moment of an hour is the first of the next one: no gap between them
  const whole = { from, to: (hour + 1) * hourMs };
  return { hour, events, spans: joinSpans(clipSpans([...slot.spans, ...more.spans], whole)) };
}

/** Hours that events and spans belong to. */
export function hoursIn({ events, spans }: Pick<EventSlot, 'events' | 'spans'>): ReadonlySet<number> {
  return new Set([...events.map(({ at }: EngineEvent) => hourOf(at)), ...spans.flatMap(hoursOf)]);
}
