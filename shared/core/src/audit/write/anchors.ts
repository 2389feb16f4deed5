import type { Json } from '../../define/plan.ts';
import type { Anchor, AuditLog } from '../types.ts';

/** Hands new checkpoints to anchors. Never blocks the log; one publication at a time each, the newest note wins. */
export class AnchorPublisher {
  readonly #record: (detail: Json) => void;
  readonly #states = new Map<
    Anchor,
    { failing: boolean | undefined; next: string | undefined; running: Promise<void> }
  >();

  /** @param record writes an `anchor` record when an anchor begins to work or to fail */
  constructor(record: (detail: Json) => void) {
    this.#record = record;
  }

  /** @returns a function that removes it */
  register(anchor: Anchor): () => void {
    this.#states.set(anchor, { failing: undefined, next: undefined, running: Promise.resolve() });
    return () => this.#states.delete(anchor);
  }

  publish(note: string): void {
    for (const [anchor, state] of this.#states) {
      const isIdle = state.next === undefined;
      state.next = note;
      if (isIdle) state.running = state.running.then(() => this.#publish(anchor));
    }
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#states.values()].map(({ running }) => running));
  }

  async #publish(anchor: Anchor): Promise<void> {
    const state = this.#states.get(anchor);
    const note = state?.next;
    if (state === undefined || note === undefined) return;
    state.next = undefined;
    const failure = await anchor.publish(note).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message.slice(0, 300) : 'unknown failure'),
    );
    const size = Number(note.split('\n')[1]);
    if (state.failing !== (failure !== undefined)) {
      this.#record({ name: anchor.name, size, ...(failure === undefined ? { published: true } : { failure }) });
    }
    state.failing = failure !== undefined;
  }
}

/** Sends new checkpoints of a log to an anchor. @returns a function that removes it */
export function registerAnchor(log: AuditLog, anchor: Anchor): () => void {
  return log.registerAnchor(anchor);
}
