import type { EngineEvent } from '../../model/event.ts';
import { signalNumber } from '../exit-codes.ts';

/** The end of one life of a container, with what came before it since its start; no judgement yet. */
export interface SeenEnd {
  /** UTC ms. */
  readonly at: number;
  readonly service: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly exitCode: number;
  /** The kernel ended a process of it for want of memory: not always this one. */
  readonly isOom: boolean;
  /** Sent through the engine, oldest first; undefined: one that is not known. */
  readonly signals: readonly { readonly at: number; readonly signal: number | undefined }[];
}

type Life = Pick<SeenEnd, 'isOom' | 'signals'>;

const untouched: Life = { isOom: false, signals: [] };

/** Ends of containers in their order. @param events oldest first; other kinds are passed over */
export function seenEnds(events: readonly EngineEvent[]): readonly SeenEnd[] {
  const lives = new Map<string, Life>();
  const ends: SeenEnd[] = [];
  for (const event of events) {
    const { containerId, containerName, service, action, at, exitCode = 0 } = event;
    const life = lives.get(containerId) ?? untouched;
    if (action === 'oom') lives.set(containerId, { ...life, isOom: true });
    if (action === 'kill') {
      lives.set(containerId, { ...life, signals: [...life.signals, { at, signal: signalNumber(event.signal) }] });
    }
    if (action === 'die') ends.push({ at, service, containerId, containerName, exitCode, ...life });
    if (action === 'die' || action === 'start') lives.delete(containerId);
  }
  return ends;
}
