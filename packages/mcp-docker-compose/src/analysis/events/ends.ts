import type { EngineEvent } from '../../model/event.ts';
import { type SeenEnd, seenEnds } from './seen-ends.ts';

/** An end of a container, and why as far as the engine's events tell. */
export interface ContainerEnd {
  readonly at: number;
  readonly service: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly exitCode: number;
  /** `oom`: the kernel killed it for memory; `asked`: somebody sent it a signal or stopped it; `own`: neither. */
  readonly cause: 'oom' | 'asked' | 'own';
  /** From the first signal to the end; undefined without one. */
  readonly msAfterSignal: number | undefined;
  /** Somebody asked it to end, and it had to be killed. */
  readonly isForced: boolean;
}

/** Ends of containers in their order, as far as events alone tell. @param events oldest first; other kinds are passed over */
export function endsOf(events: readonly EngineEvent[]): readonly ContainerEnd[] {
  return seenEnds(events).map(endOf);
}

const ending = new Set([2, 3, 9, 15]);
const killedCode = 137;

/** A signal that ends no process by itself, as SIGHUP for a reload, asked for nothing. */
function endOf({ signals, isOom, ...end }: SeenEnd): ContainerEnd {
  const [first] = signals.filter(({ signal }) => signal === undefined || ending.has(signal));
  const isKilled = end.exitCode === killedCode;
  return {
    ...end,
    cause: isOom && isKilled ? 'oom' : first === undefined ? 'own' : 'asked',
    msAfterSignal: first === undefined ? undefined : end.at - first.at,
    isForced: isKilled && first !== undefined && first.signal !== 9,
  };
}
