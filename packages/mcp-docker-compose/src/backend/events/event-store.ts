import type { Json, State } from '@cinecom/mcp-core';
import { hourOf, hoursOf } from '../../analysis/events/slots.ts';
import type { EventSlot, Span } from '../../model/event.ts';

/** Slots take turns in so many files: 7 days, and the two hours at its ends. */
const keptHours = 7 * 24 + 2;

/** What was recorded of a project, a file an hour. */
export interface EventStore {
  /** An empty one where nothing was recorded. */
  read(hour: number): Promise<EventSlot>;
  /** All that a span of at most 7 days touches. */
  readAll(span: Span): Promise<readonly EventSlot[]>;
  write(slot: EventSlot): Promise<void>;
}

/** @param key of the project */
export function openEventStore({ store }: Pick<State, 'store'>, key: string): EventStore {
  const nameOf = (hour: number): string => `events-${key}-${hour % keptHours}`;
  const read = async (hour: number): Promise<EventSlot> => {
    const kept = (await store.read(nameOf(hour))) as unknown as EventSlot | undefined;
    return kept?.hour === hour ? kept : { hour, events: [], spans: [] };
  };
  return {
    read,
    readAll: ({ from, to }) =>
      Promise.all(
        hoursOf({ from, to })
          .filter((hour) => hour > hourOf(to) - keptHours)
          .map(read),
      ),
    write: (slot) => store.write(nameOf(slot.hour), slot as unknown as Json),
  };
}
