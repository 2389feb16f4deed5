import type { Container } from '../../model/container.ts';
import type { ServiceOrder } from '../../model/rollout.ts';
import type { World } from './world.ts';

const lookEveryMs = 100;

export interface Retired {
  readonly container: string;
  readonly seconds: number;
  readonly exitCode: number;
  /** It did not end by itself within its grace period. */
  readonly isForced: boolean;
}

/**
 * Lets a replica finish: hooks and drain command, until balancers have noticed. What fails here is no reason to keep it,
 * since it goes in any case; it is told.
 */
export async function drain(
  container: Container,
  { drain: order }: ServiceOrder,
  world: World,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (container.state.status !== 'running') return [];
  const told: string[] = [];
  for (const { command, user } of [
    ...order.hooks,
    ...(order.command === undefined ? [] : [{ command: order.command, user: undefined }]),
  ]) {
    const { exitCode } = await world.exec(container.id, command, user, signal);
    if (exitCode !== 0) told.push(`${container.name}: drain command ended with ${exitCode}`);
  }
  if (order.command !== undefined && container.health !== undefined) {
    const deadline = world.now() + order.unhealthyMs;
    while (world.now() < deadline) {
      const now = await world.container(container.id, signal);
      if (now?.health?.status !== 'healthy') break;
      await world.wait(lookEveryMs, signal);
    }
  }
  if (order.pauseMs > 0) await world.wait(order.pauseMs, signal);
  return told;
}

/** Stops and removes one replica, never its volumes; both or neither, whoever gives up meanwhile. */
export async function stopAndRemove(container: Container, world: World): Promise<Retired> {
  const patience = AbortSignal.timeout(container.stopGraceMs + 60_000);
  const before = world.now();
  if (container.state.status === 'running') await world.stop(container.id, container.stopGraceMs, patience);
  const after = await world.container(container.id, patience);
  const seconds = Math.round((world.now() - before) / 100) / 10;
  const exitCode = after?.state.exitCode ?? 0;
  await world.remove(container.id, patience);
  return { container: container.name, seconds, exitCode, isForced: exitCode === 137 && !after?.state.oomKilled };
}
