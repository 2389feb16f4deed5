import { duration } from '@cinecom/mcp-core';
import type { EngineEvent } from '../../model/event.ts';
import type { Happening } from './happenings.ts';

const action = /^health_status: ?(\w+)$/;

/** When containers turned unhealthy, and healthy again: that one becomes healthy after its start is no news. */
export function healthFlipsOf(events: readonly EngineEvent[]): readonly Happening[] {
  const unhealthySince = new Map<string, number>();
  return events.flatMap(({ action: text, at, service, containerId, containerName }): readonly Happening[] => {
    if (text === 'start') unhealthySince.delete(containerId);
    const status = action.exec(text)?.[1];
    const one = { at, since: at, service, count: 1, containers: [containerName] };
    if (status === 'unhealthy') {
      unhealthySince.set(containerId, at);
      return [{ ...one, kind: 'unhealthy', what: 'its health check fails' }];
    }
    const since = unhealthySince.get(containerId);
    if (status !== 'healthy' || since === undefined) return [];
    unhealthySince.delete(containerId);
    return [{ ...one, kind: 'healthy again', what: `after ${duration(at - since)}` }];
  });
}
