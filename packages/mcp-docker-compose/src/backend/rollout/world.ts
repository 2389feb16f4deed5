import type { Container } from '../../model/container.ts';
import type { ServiceOrder } from '../../model/rollout.ts';

/** What a rollout sees and does; one replica at a time, each done once it has returned. */
export interface World {
  /** Replicas of the service, one-offs left out, by number. */
  replicas(service: string, signal: AbortSignal): Promise<readonly Container[]>;
  container(id: string, signal: AbortSignal): Promise<Container | undefined>;
  /** Makes and starts so many more of what is wanted. */
  create(order: ServiceOrder, count: number, total: number, signal: AbortSignal): Promise<void>;
  /** In the container. */
  exec(
    id: string,
    command: readonly string[],
    user: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number }>;
  /** With its grace period; returns when it has ended. */
  stop(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Never its volumes. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}
