import { setTimeout as delay } from 'node:timers/promises';
import type { BackgroundContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../../settings.ts';
import { alone } from '../alone.ts';
import type { Compose, Engine } from '../port.ts';
import { keyOf } from '../project-key.ts';
import { openEventStore } from './event-store.ts';
import { followEvents } from './follow-events.ts';
import { createRecording, type Recording } from './recording.ts';

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** A connection that lasted so long was a good one. */
const goodMs = 30_000;

export type RecordContext = Pick<BackgroundContext<ComposeSettings>, 'signal' | 'clock' | 'log' | 'state'>;

/** What is seen and not in the store yet, of a recorder that runs in this process. */
export interface LiveRecording {
  readonly waiting: Recording['waiting'];
  /** Rejects when the engine does not answer: then the recorder is about to end. */
  look(): Promise<void>;
}

/**
 * Records the project's events until the signal aborts; whatever fails is tried again after 1 to 30 s, and told once.
 * @param onLive told when nothing can be missed from now on, and with undefined when that is over
 */
export async function recordEvents(
  around: { readonly engine: Engine; readonly compose: Compose },
  context: RecordContext,
  onLive: (live: LiveRecording | undefined) => void,
): Promise<void> {
  const { signal, clock, log } = context;
  let pauseMs = firstPauseMs;
  let isTold = false;

  const told = (live: LiveRecording | undefined): void => {
    if (live !== undefined && isTold) log('info', 'events of the engine are recorded again');
    onLive(live);
  };

  while (!signal.aborted) {
    const begun = clock.now();
    const reason = await recordOnce(around, context, told).catch((error: unknown) => error);
    if (signal.aborted) return;
    if (clock.now() - begun > goodMs) [pauseMs, isTold] = [firstPauseMs, false];
    if (!isTold) {
      log('warn', `events of the engine are not recorded now, tried again until they are: ${String(reason)}`);
      isTold = true;
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}

/** One connection, once it is this process's turn: rejects with why it ended. */
async function recordOnce(
  around: { readonly engine: Engine; readonly compose: Compose },
  { signal, clock, state }: RecordContext,
  onLive: (live: LiveRecording | undefined) => void,
): Promise<void> {
  const key = await keyOf(around, signal);
  const record = async (): Promise<void> => {
    const recording = createRecording(openEventStore(state, key));
    const { waiting } = recording;
    const followed = {
      engine: around.engine,
      recording,
      now: () => clock.now(),
      wait: (ms: number, within: AbortSignal) => delay(ms, undefined, { signal: within }),
      onCovered: (look: LiveRecording['look']) => onLive({ waiting, look }),
    };
    await followEvents(followed, signal).finally(() => onLive(undefined));
  };
  await alone(state, `events-${key}`, record, signal);
}
