import type { EngineEvent } from '../../model/event.ts';
import { signalNumber } from '../exit-codes.ts';

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

interface Asked {
  readonly at: number;
  readonly signal: number | undefined;
}

/** Ends of containers in their order. @param events oldest first; other kinds are passed over */
export function endsOf(events: readonly EngineEvent[]): readonly ContainerEnd[] {
  const asked = new Map<string, readonly Asked[]>();
  const oom = new Set<string>();
  const ends: ContainerEnd[] = [];
  for (const event of events) {
    const { containerId: id, action, at } = event;
    if (action === 'start') {
      asked.delete(id);
      oom.delete(id);
    }
    if (action === 'oom') oom.add(id);
    if (action === 'kill') asked.set(id, [...(asked.get(id) ?? []), { at, signal: signalNumber(event.signal) }]);
    if (action === 'die') ends.push(endOf(event, asked.get(id) ?? [], oom.has(id)));
  }
  return ends;
}

const ends = new Set([2, 3, 9, 15]);
const killedCode = 137;

/** A signal that ends no process by itself, as SIGHUP for a reload, asked for nothing. */
function endOf(event: EngineEvent, all: readonly Asked[], isOom: boolean): ContainerEnd {
  const { at, service, containerId, containerName, exitCode = 0 } = event;
  const asked = all.filter(({ signal }) => signal === undefined || ends.has(signal));
  const [first] = asked;
  return {
    at,
    service,
    containerId,
    containerName,
    exitCode,
    cause: isOom && exitCode === killedCode ? 'oom' : first === undefined ? 'own' : 'asked',
    msAfterSignal: first === undefined ? undefined : at - first.at,
    isForced: exitCode === killedCode && first !== undefined && first.signal !== 9,
  };
}
