import { bytes } from '@cinecom/mcp-core';
import type { ComposeService } from '../../model/compose-model.ts';
import { hasRoom } from '../deploy/ports.ts';

export interface ScaleInput {
  readonly service: ComposeService;
  readonly present: number;
  readonly replicas: number;
  readonly stopped: number;
  /** Sum of the memory limits of all containers of the project. */
  readonly limitedBytes: number;
  /** What that sum may be on this host. */
  readonly guardBytes: number;
}

/** Why a service cannot have so many replicas; undefined where nothing stands against it. */
export function scaleConcern({
  service,
  present,
  replicas,
  stopped,
  limitedBytes,
  guardBytes,
}: ScaleInput): string | undefined {
  if (replicas <= present) return undefined;
  if (replicas > 1 && service.containerName !== undefined) return 'container_name: only one container can have it';
  if (service.ports.some(({ published }) => !hasRoom(published, replicas)))
    return 'a fixed host port: give a range, or publish through a proxy';
  if (stopped > 0) return 'some replicas are not running: Compose would start them instead of making new ones';
  const needed = limitedBytes + (service.limits.memoryBytes ?? 0) * (replicas - present);
  if (service.limits.memoryBytes !== undefined && needed > guardBytes) {
    return `memory limits would add up to ${bytes(needed)}, more than the ${bytes(guardBytes)} that --memory-guard allows`;
  }
  return undefined;
}
