import type { Container } from '../../model/container.ts';
import { type SeenEnd, seenEnds } from '../events/seen-ends.ts';
import { signalNumber } from '../exit-codes.ts';
import type { ServiceFacts } from './facts.ts';

/**
 * How a container came to its end: for want of memory; by force after its grace period; by force otherwise; as it was asked
 * to; by itself.
 */
export type EndKind = 'oom' | 'forced' | 'killed' | 'asked' | 'own';

export interface End {
  readonly containerId: string;
  readonly containerName: string;
  /** UTC ms. */
  readonly at: number;
  readonly exitCode: number;
  readonly kind: EndKind;
  /** From the stop signal to the end; undefined where none was seen. */
  readonly stopMs: number | undefined;
  readonly graceMs: number;
  /** Signal 9 was sent through the engine. */
  readonly wasKilled: boolean;
  /** False: only the state of the container tells it, its events were forgotten. */
  readonly isSeen: boolean;
}

const defaultGraceMs = 10_000;
/** The engine counts whole seconds from slightly before the event. */
const graceShare = 0.95;
const nearMs = 2000;

/** Ends of the service's containers within the window, oldest first: by events, else by the state they are in. */
export function endsOf({
  containers,
  events,
  wanted,
}: Pick<ServiceFacts, 'containers' | 'events' | 'wanted'>): readonly End[] {
  const byId = new Map(containers.map((one) => [one.id, one]));
  const ids = new Set([...events.map(({ containerId }) => containerId), ...byId.keys()]);
  const told = seenEnds(events);
  const all = [...ids].flatMap((id) => {
    const container = byId.get(id);
    const graceMs = container?.stopGraceMs ?? wanted?.stopGraceMs ?? defaultGraceMs;
    const signal = signalNumber(container?.stopSignal ?? wanted?.stopSignal ?? 'SIGTERM');
    const seen = told.filter(({ containerId }) => containerId === id).map((end) => judged(end, graceMs, signal));
    return [...seen, ...unseenEnd(container, seen)];
  });
  return all.toSorted((a, b) => a.at - b.at);
}

function judged(
  { at, containerId, containerName, exitCode, isOom, signals }: SeenEnd,
  graceMs: number,
  stopSignal: number | undefined,
): End {
  const asked = stopSignal === undefined ? undefined : signals.find(({ signal }) => signal === stopSignal);
  const stopMs = asked === undefined ? undefined : at - asked.at;
  const kind = kindOf({ exitCode, outOfMemory: isOom, stopMs, graceMs, isKillSignal: stopSignal === 9 });
  const wasKilled = signals.some(({ signal }) => signal === 9);
  return { containerId, containerName, at, exitCode, kind, stopMs, graceMs, wasKilled, isSeen: true };
}

function kindOf(end: {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  readonly stopMs: number | undefined;
  readonly graceMs: number;
  readonly isKillSignal: boolean;
}): EndKind {
  const { exitCode, outOfMemory, stopMs, graceMs, isKillSignal } = end;
  if (outOfMemory) return 'oom';
  if (stopMs !== undefined && (exitCode !== 137 || isKillSignal)) return 'asked';
  if (exitCode !== 137) return 'own';
  return stopMs !== undefined && stopMs >= graceShare * graceMs ? 'forced' : 'killed';
}

/** The last end of a container that does not run, where no event tells it. */
function unseenEnd(container: Container | undefined, seen: readonly End[]): readonly End[] {
  if (container === undefined) return [];
  const { state, stopGraceMs } = container;
  const at = state.finishedAt;
  if (!['exited', 'dead', 'restarting'].includes(state.status) || at === undefined) return [];
  if (seen.some((end) => Math.abs(end.at - at) < nearMs)) return [];
  const kind = state.oomKilled ? 'oom' : state.exitCode === 137 ? 'killed' : state.exitCode === 143 ? 'asked' : 'own';
  return [
    {
      containerId: container.id,
      containerName: container.name,
      at,
      exitCode: state.exitCode,
      kind,
      stopMs: undefined,
      graceMs: stopGraceMs,
      wasKilled: false,
      isSeen: false,
    },
  ];
}
