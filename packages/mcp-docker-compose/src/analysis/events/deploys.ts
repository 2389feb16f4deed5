import { counted } from '@cinecom/mcp-core';
import type { EngineEvent } from '../../model/event.ts';
import { endsOf } from './ends.ts';
import type { Happening } from './happenings.ts';

/** Creations and removals of a service with less than this between them are one deploy. */
const gapMs = 60_000;

export interface Deploys {
  readonly happenings: readonly Happening[];
  /** Containers that were removed: that they were stopped before is no news of its own. */
  readonly absorbed: ReadonlySet<string>;
}

/** Groups of created and removed containers, a service each. @param events oldest first */
export function deploysOf(events: readonly EngineEvent[]): Deploys {
  const moves = events.filter(({ action }) => action === 'create' || action === 'destroy');
  const groups: EngineEvent[][] = [];
  for (const move of moves) {
    const group = groups.findLast(([first]) => first?.service === move.service);
    if (group === undefined || move.at - (group.at(-1)?.at ?? 0) > gapMs) groups.push([move]);
    else group.push(move);
  }
  const forced = new Set(endsOf(events).flatMap((end) => (end.isForced ? [end.containerId] : [])));
  return {
    happenings: groups.map((group) => ofGroup(group, forced)),
    absorbed: new Set(moves.flatMap((move) => (move.action === 'destroy' ? [move.containerId] : []))),
  };
}

function ofGroup(group: readonly EngineEvent[], forced: ReadonlySet<string>): Happening {
  const made = group.filter(({ action }) => action === 'create');
  const gone = group.filter(({ action }) => action === 'destroy');
  const killed = gone.filter(({ containerId }) => forced.has(containerId)).length;
  const parts = [
    ...(made.length > 0 ? [`${counted(made.length, 'container')} created`] : []),
    ...(gone.length > 0 ? [`${counted(gone.length, 'container')} removed`] : []),
    ...(killed > 0 ? [`${killed} of them killed after the grace period`] : []),
  ];
  return {
    at: group.at(-1)?.at ?? 0,
    since: group[0]?.at ?? 0,
    service: group[0]?.service ?? '',
    kind: 'deploy',
    count: 1,
    containers: [...new Set(group.map(({ containerName }) => containerName))],
    what: parts.join(', '),
  };
}
