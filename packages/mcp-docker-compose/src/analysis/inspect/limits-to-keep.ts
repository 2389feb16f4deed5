import type { Container } from '../../model/container.ts';
import type { Drift } from '../drift/drift-of.ts';
import { sizeText } from '../resources/sizes.ts';

/** Arguments of `compose_set_resources`. */
export interface LimitArguments {
  readonly memory?: string | undefined;
  readonly cpus?: number | undefined;
  readonly pids?: number | undefined;
}

/**
 * Limits that were set on all containers of a service alone, and nothing else differs from the files: what would have to be
 * written there. Undefined where the containers disagree, something else differs, or a limit of the files was lifted.
 */
export function limitsToKeep(
  containers: readonly Pick<Container, 'id' | 'limits'>[],
  drifts: ReadonlyMap<string, Drift>,
): LimitArguments | undefined {
  const all = containers.map(({ id, limits }) => argumentsOf(limits, drifts.get(id)));
  const [first] = all;
  if (first === undefined || Object.keys(first).length === 0) return undefined;
  return all.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
}

function argumentsOf(limits: Container['limits'], drift: Drift | undefined): LimitArguments | undefined {
  if (drift === undefined || drift.config === 'changed' || drift.hasNewImage) return undefined;
  const { memoryBytes, cpus, pids } = limits;
  const lifted = { memory: memoryBytes, cpus, pids };
  if (drift.limits.some((key) => lifted[key as keyof typeof lifted] === undefined)) return undefined;
  return {
    ...(drift.limits.includes('memory') ? { memory: sizeText(memoryBytes ?? 0) } : {}),
    ...(drift.limits.includes('cpus') ? { cpus: Math.round((cpus ?? 0) * 1e6) / 1e6 } : {}),
    ...(drift.limits.includes('pids') ? { pids } : {}),
  };
}
