import type { Severity } from '@cinecom/mcp-core';
import type { ProjectFacts, ServiceFacts } from './facts.ts';
import { type Code, codes } from './precedence.ts';
import { readinessOf } from './readiness.ts';
import { crashLoop } from './rules/crash-loop.ts';
import { dependencyUnhealthy } from './rules/dependencies.ts';
import { configDrift, imageDrift, limitDrift } from './rules/drift.ts';
import { appUnhealthy, healthcheckBroken, probeTimeout, startPeriodTooShort } from './rules/health.ts';
import { diskFull, imageMissing, networkDetached, portConflict, volumeMissing } from './rules/host.ts';
import { exited, orphan, paused, replicasMissing, zombieCreated } from './rules/leftovers.ts';
import { cpuThrottled, memoryPressure, oomKilled } from './rules/memory.ts';
import { externalKill, graceExceeded, ungracefulStop } from './rules/stops.ts';
import type { Rule, Symptom } from './symptom.ts';

export interface Consequence {
  readonly service: string;
  readonly code: Code;
  readonly evidence: string;
}

/** The root cause of what is wrong with one service, and all that follows from it. */
export interface Cause extends Omit<Symptom, 'severity'> {
  readonly service: string;
  readonly severity: Severity;
  readonly consequences: readonly Consequence[];
}

const rules: readonly Rule[] = [
  oomKilled,
  diskFull,
  portConflict,
  volumeMissing,
  networkDetached,
  imageMissing,
  graceExceeded,
  externalKill,
  dependencyUnhealthy,
  healthcheckBroken,
  crashLoop,
  appUnhealthy,
  memoryPressure,
  cpuThrottled,
  probeTimeout,
  exited,
  paused,
  zombieCreated,
  replicasMissing,
  startPeriodTooShort,
  ungracefulStop,
  configDrift,
  limitDrift,
  imageDrift,
];

/**
 * One root cause per ailing service, by the order of `codes`; services that wait for another are consequences of that one.
 * Worst first, then by what hangs on it.
 */
export function diagnose(project: ProjectFacts): readonly Cause[] {
  const found = new Map([...project.services].map(([name, service]) => [name, symptomsOf(service, project)]));
  const roots = [...found].filter(([name, [first]]) => first !== undefined && rootOf(name, found) === name);
  return roots
    .map(([name, symptoms]) => causeOf(name, symptoms, found, project))
    .toSorted(
      (a, b) =>
        severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
        b.consequences.length - a.consequences.length,
    );
}

const severities: readonly Severity[] = ['info', 'warning', 'critical'];

type Found = ReadonlyMap<string, readonly Symptom[]>;

/** By precedence. */
function symptomsOf(service: ServiceFacts, project: ProjectFacts): readonly Symptom[] {
  const isOrphan = project.model !== undefined && service.wanted === undefined;
  const all = (isOrphan ? [orphan] : rules).flatMap((rule) => rule(service, project));
  // that it does not run is news only where nothing else tells why
  return all.toSorted((a, b) => rank(a) - rank(b)).filter(({ code }, index) => code !== 'EXITED' || index === 0);
}

function rank({ code, severity }: Symptom): number {
  return codes.indexOf(code) + (severity === 'info' ? codes.length : 0);
}

/** The service whose cause is behind that of `name`; its own where services depend on each other in a circle. */
function rootOf(name: string, found: Found): string {
  const seen = new Set<string>();
  for (let current = name; ;) {
    seen.add(current);
    const dependency = found.get(current)?.[0]?.dependency;
    if (dependency === undefined || (found.get(dependency) ?? []).length === 0) return current;
    if (seen.has(dependency)) return name;
    current = dependency;
  }
}

function causeOf(name: string, [root, ...rest]: readonly Symptom[], found: Found, project: ProjectFacts): Cause {
  const { severity, ...symptom } = root as Symptom;
  const told =
    (service: string) =>
    ({ code, evidence }: Symptom) => ({ service, code, evidence });
  const behind = [...found].filter(
    ([other, [first]]) => other !== name && first !== undefined && rootOf(other, found) === name,
  );
  const service = project.services.get(name);
  const { desired, ready, starting } =
    service === undefined ? { desired: 0, ready: 0, starting: 0 } : readinessOf(service);
  const isDown = desired > 0 && ready === 0 && starting === 0;
  return {
    ...symptom,
    service: name,
    severity: isDown && severity === 'warning' ? 'critical' : severity,
    consequences: [
      ...rest.map(told(name)),
      ...behind.flatMap(([other, [first]]) => [first as Symptom].map(told(other))),
    ],
  };
}
