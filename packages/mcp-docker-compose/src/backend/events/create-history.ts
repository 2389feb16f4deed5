import { historyOf } from '../../analysis/events/history-of.ts';
import type { Compose, Engine, History } from '../port.ts';
import { keyOf } from '../project-key.ts';
import { openEventStore } from './event-store.ts';
import { type LiveRecording, recordEvents } from './record-events.ts';

/** What happened, beyond what the engine remembers. */
export function createHistory(around: { readonly engine: Engine; readonly compose: Compose }): History {
  let live: LiveRecording | undefined;
  return {
    async events(state, { since, until }, signal) {
      const window = { from: since, to: until };
      const stored = async () => openEventStore(state, await keyOf(around, signal)).readAll(window);
      // an engine that does not answer is told by the reading itself
      await live?.look().catch(() => undefined);
      // before the rest is read: what leaves it meanwhile is in the store by then
      const waiting = live === undefined ? [] : [{ hour: 0, ...live.waiting() }];
      const [memory, slots] = await Promise.all([around.engine.events({ since, until }, signal), stored()]);
      return historyOf(window, memory, [...slots, ...waiting]);
    },
    record: (context) => recordEvents(around, context, (one) => void (live = one)),
  };
}
