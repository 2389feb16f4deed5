import type { EngineEvent } from '../../model/event.ts';
import type { Engine } from '../port.ts';
import type { Recording } from './recording.ts';

const keptMs = 7 * 86_400_000;
/** The engine begins its answer slightly before it begins to listen. */
const settleMs = 1000;
const lookMs = 3000;
/** Where a look comes later than that, this process was held, and the engine may have left events out for it. */
const heldMs = 10_000;
/** Without events only the time goes on: that is written at each so many looks. */
const quietLooks = 4;

export interface Followed {
  readonly engine: Pick<Engine, 'liveEvents' | 'events' | 'ping'>;
  readonly recording: Recording;
  readonly now: () => number;
  /** Rejects when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called once nothing can be missed any more, with what looks at once: then all until now is known. */
  readonly onCovered: (look: () => Promise<void>) => void;
}

/**
 * Records what the engine remembers and then what it tells, until the connection ends; rejects with the reason. What was
 * seen until then is in the store.
 */
export async function followEvents(followed: Followed, signal: AbortSignal): Promise<void> {
  const ending = new AbortController();
  const within = AbortSignal.any([signal, ending.signal]);
  const { engine, now, recording } = followed;
  const stream = await engine.liveEvents(now() - keptMs, within);
  const parts = [readAll(stream, recording), keepLooking(followed, within)];
  try {
    await Promise.all(parts);
  } catch (error) {
    signal.throwIfAborted(); // the end of the stream is then no reason
    throw error;
  } finally {
    ending.abort();
    await Promise.allSettled(parts);
    await recording.flush();
  }
}

/** Never waits for the disk: the engine leaves out what a reader takes too long for. */
async function readAll(stream: AsyncIterable<readonly EngineEvent[]>, recording: Recording): Promise<void> {
  for await (const events of stream) recording.add(events);
  throw new Error('the engine has ended its stream of events');
}

/** A span counts as covered once the engine has answered after it: a connection may be dead without a sign. */
async function keepLooking({ engine, recording, now, wait, onCovered }: Followed, signal: AbortSignal): Promise<void> {
  await wait(settleMs, signal);
  let known = now();
  const { completeSince } = await engine.events({ since: known - keptMs, until: known }, signal);
  recording.cover({ from: completeSince, to: known });

  async function look(): Promise<void> {
    const at = now();
    if (at < known || at - known > lookMs + heldMs) throw new Error('this process was held, or its clock was set');
    await engine.ping(signal);
    recording.cover({ from: known, to: at });
    known = Math.max(known, at);
  }

  onCovered(look);
  for (let looks = 0; ; looks += 1) {
    if (recording.hasNews() || looks % quietLooks === 0) await recording.flush();
    await wait(lookMs, signal);
    await look();
  }
}
