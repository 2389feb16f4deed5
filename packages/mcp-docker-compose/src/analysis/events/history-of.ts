import type { EventHistory, EventMemory, EventSlot, Span } from '../../model/event.ts';
import { mergeEvents } from './merge-events.ts';
import { gapsIn } from './spans.ts';

/** What is known of a window. @param memory of the same window */
export function historyOf(window: Span, memory: EventMemory, slots: readonly EventSlot[]): EventHistory {
  const recorded = slots.flatMap(({ events }) => events).filter(({ at }) => at >= window.from && at <= window.to);
  const spans = [...slots.flatMap((slot) => slot.spans), { from: memory.completeSince, to: window.to }];
  const gaps = gapsIn(window, spans);
  return { events: mergeEvents(recorded, memory.events), gaps, completeSince: gaps.at(-1)?.to ?? window.from };
}
