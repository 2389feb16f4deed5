import { type Dependency } from '../../../model/compose-model.ts';
import type { ProjectFacts, ServiceFacts } from '../facts.ts';
import { isFinished, isShort } from '../readiness.ts';
import type { Rule } from '../symptom.ts';
import { named } from '../words.ts';
import { crashLoop } from './crash-loop.ts';

/** How a dependency fails those that wait for it; undefined while it does not, or may still come up. */
export function failureOf(target: ServiceFacts, { condition }: Dependency): string | undefined {
  const { containers } = target;
  if (condition === 'service_completed_successfully') {
    const failed = containers.find(({ state }) => state.status === 'exited' && state.exitCode !== 0);
    return failed === undefined ? undefined : `ended with ${failed.state.exitCode}`;
  }
  if (containers.every(isFinished) && containers.length > 0) return undefined;
  if (!isShort(target)) return undefined;
  const bad = containers.find(
    ({ state, health }) => state.status !== 'running' || (health !== undefined && health.status === 'unhealthy'),
  );
  if (containers.length === 0) return 'has no container';
  if (bad === undefined) return undefined;
  return bad.state.status === 'running' ? 'is unhealthy' : `is ${bad.state.status}`;
}

/** A dependency that fails those that wait for it, with how; the first by name. */
export function failedDependency(
  { wanted }: Pick<ServiceFacts, 'wanted'>,
  { services }: Pick<ProjectFacts, 'services'>,
): { readonly name: string; readonly how: string; readonly condition: string } | undefined {
  for (const [name, dependency] of [...(wanted?.dependsOn ?? [])].toSorted(([a], [b]) => a.localeCompare(b, 'en'))) {
    const target = services.get(name);
    const how = target === undefined ? undefined : failureOf(target, dependency);
    if (how !== undefined) return { name, how, condition: dependency.condition };
  }
  return undefined;
}

export const dependencyUnhealthy: Rule = (service, project) => {
  if (!isShort(service) && crashLoop(service, project).length === 0) return [];
  const failed = failedDependency(service, project);
  if (failed === undefined) return [];
  const waits = service.containers.length === 0 || service.containers.every(({ state }) => state.status === 'created');
  return [
    {
      code: 'DEP_UNHEALTHY',
      confidence: waits ? 'certain' : 'likely',
      severity: 'warning',
      evidence: `${failed.name}, which it depends on, ${failed.how}`,
      threshold: failed.condition.replaceAll('_', ' '),
      fix: 'Repair the dependency first',
      path: ['services', service.name, 'depends_on'],
      seen: service.containers.slice(0, 3).map((one) => `${named(one)} is ${one.state.status}`),
      dependency: failed.name,
    },
  ];
};
