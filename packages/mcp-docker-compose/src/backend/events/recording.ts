import { fillSlot, hoursIn } from '../../analysis/events/slots.ts';
import type { EngineEvent, EventSlot, Span } from '../../model/event.ts';
import type { EventStore } from './event-store.ts';

type Part = Pick<EventSlot, 'events' | 'spans'>;

const nothing: Part = { events: [], spans: [] };

/** What is seen, on its way to the store. */
export interface Recording {
  add(events: readonly EngineEvent[]): void;
  /** Nothing can have been missed in that time. */
  cover(span: Span): void;
  /** Events or spans that are not in the store yet. */
  readonly waiting: () => Part;
  /** Whether there are events among them. */
  readonly hasNews: () => boolean;
  /** Resolves once all that was there is in the store; what could not be written goes on waiting. */
  flush(): Promise<void>;
}

export function createRecording(store: EventStore): Recording {
  let waiting = nothing;
  let leaving = nothing;
  let last: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    leaving = waiting;
    waiting = nothing;
    try {
      for (const hour of hoursIn(leaving)) await store.write(fillSlot(await store.read(hour), leaving));
    } catch (error) {
      waiting = together(leaving, waiting);
      throw error;
    } finally {
      leaving = nothing;
    }
  }

  return {
    add: (events) => void (waiting = together(waiting, { events, spans: [] })),
    cover: (span) => void (waiting = together(waiting, { events: [], spans: [span] })),
    waiting: () => together(leaving, waiting),
    hasNews: () => waiting.events.length > 0,
    flush: () => (last = last.then(write, write)),
  };
}

function together(a: Part, b: Part): Part {
  return { events: [...a.events, ...b.events], spans: [...a.spans, ...b.spans] };
}
