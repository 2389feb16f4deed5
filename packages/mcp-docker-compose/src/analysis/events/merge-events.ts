import type { EngineEvent } from '../../model/event.ts';

/** All of several lists, oldest first, each event once however many of them hold it. */
export function mergeEvents(...lists: readonly (readonly EngineEvent[])[]): readonly EngineEvent[] {
  const known = new Map<string, EngineEvent>();
  for (const event of lists.flat()) known.set(keyOf(event), event);
  return [...known.values()].toSorted((a, b) => a.at - b.at);
}

/** The engine stamps events by the nanosecond. */
function keyOf({ at, action, containerId, exitCode, signal }: EngineEvent): string {
  return [at, action, containerId, exitCode, signal].join(' ');
}
