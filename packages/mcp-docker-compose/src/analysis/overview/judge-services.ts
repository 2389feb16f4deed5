import { counted, type Finding } from '@cinecom/mcp-core';
import type { ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import { isDone } from '../containers/is-job.ts';
import { isReady } from '../containers/is-ready.ts';
import type { EngineEvent } from '../../model/event.ts';
import type { Drift } from '../drift/drift-of.ts';

/** One service, as it should be and as it is. */
export interface ServiceState {
  readonly name: string;
  /** Undefined: the files do not have it, or are not known. */
  readonly wanted: ComposeService | undefined;
  /** It is to end, and others wait for that. */
  readonly isJob: boolean;
  /** Without one-offs. */
  readonly containers: readonly Container[];
  /** By container id. */
  readonly drifts: ReadonlyMap<string, Drift>;
  /** Of the window. */
  readonly events: readonly EngineEvent[];
  /** May be put into a next call. */
  readonly plain: string | undefined;
}

export interface ServiceFigures {
  readonly desired: number | undefined;
  readonly running: number;
  readonly ready: number;
  /** Ends of its containers within the window. */
  readonly deaths: number;
}

export function figuresOf({ wanted, containers, events }: ServiceState): ServiceFigures {
  return {
    desired: wanted?.replicas,
    running: containers.filter(({ state }) => state.status === 'running').length,
    ready: containers.filter(isReady).length,
    deaths: events.filter(({ action }) => action === 'die').length,
  };
}

/** What is wrong with a service, the worst first; drift last. */
export function judgeService(service: ServiceState, knowsFiles: boolean): readonly Finding[] {
  return [
    ...judgeReplicas(service),
    ...judgeRestarts(service),
    ...judgeDrift(service),
    ...judgeOrphan(service, knowsFiles),
  ];
}

/** Fewer are ready than the files want; a job that has ended well lacks none. */
export function lacksReplicas(service: ServiceState): boolean {
  const { desired = 0, ready } = figuresOf(service);
  return ready < desired && !(service.isJob && isDone(service.containers));
}

function judgeReplicas(service: ServiceState): readonly Finding[] {
  const { desired = 0, running, ready } = figuresOf(service);
  if (!lacksReplicas(service)) return [];
  const unhealthy = service.containers.filter(({ health }) => health?.status === 'unhealthy').length;
  const starting = service.containers.filter(
    ({ health, state }) => state.status === 'running' && health?.status === 'starting',
  ).length;
  const parts = [
    `${running} running`,
    `${ready} ready`,
    ...(unhealthy > 0 ? [`${unhealthy} unhealthy`] : []),
    ...(starting > 0 ? [`${starting} starting`] : []),
  ];
  return [
    {
      id: ready === 0 ? 'SERVICE_DOWN' : 'SERVICE_DEGRADED',
      severity: ready === 0 && starting === 0 ? 'critical' : 'warning',
      object: service.name,
      evidence: parts.join(', '),
      threshold: `${counted(desired, 'ready replica')} wanted`,
      fix: 'Find out why',
      ...next('compose_diagnose', service),
    },
  ];
}

function judgeRestarts(service: ServiceState): readonly Finding[] {
  const deaths = service.events.filter(({ action }) => action === 'die');
  const restarts = Math.max(0, ...service.containers.map(({ restartCount }) => restartCount));
  const isLooping = deaths.length >= 3 && restarts > 0;
  if (!isLooping) return [];
  return [
    {
      id: 'RESTARTING',
      severity: 'warning',
      object: service.name,
      evidence: `${counted(deaths.length, 'end')} of its containers, up to ${counted(restarts, 'restart')} of one`,
      threshold: 'fewer than 3 in the window',
      fix: 'Find out why they end',
      ...next('compose_diagnose', service),
    },
  ];
}

function judgeDrift(service: ServiceState): readonly Finding[] {
  const { wanted, containers, drifts } = service;
  if (wanted === undefined) return [];
  const found = containers.flatMap((container) => drifts.get(container.id) ?? []);
  const changed = found.filter(({ config }) => config === 'changed');
  const skewed = found.filter(({ config }) => config === 'skew');
  const limited = found.filter(({ limits }) => limits.length > 0);
  const renewed = found.filter(({ hasNewImage }) => hasNewImage);
  const of = containers.length;
  return [
    ...drift(service, 'CONFIG_DRIFT', changed, `${changed.length} of ${of} differ from the files: ${keysOf(changed)}`),
    ...drift(
      service,
      'IMAGE_DRIFT',
      renewed,
      `${renewed.length} of ${of} run an older image than the reference has now`,
    ),
    ...drift(
      service,
      'LIMIT_DRIFT',
      limited,
      `${limited.length} of ${of} have other limits than the files: ${[...new Set(limited.flatMap(({ limits }) => limits))].join(', ')}`,
    ),
    ...drift(
      service,
      'HASH_VERSION_SKEW',
      skewed,
      `${skewed.length} of ${of} were made by another version of Compose; no field differs`,
    ),
  ];
}

const drifts = {
  CONFIG_DRIFT: { severity: 'warning', fix: 'See what an update would do', tool: 'compose_deploy_check' },
  IMAGE_DRIFT: { severity: 'info', fix: 'See what an update would do', tool: 'compose_deploy_check' },
  LIMIT_DRIFT: {
    severity: 'warning',
    fix: 'Write them into the file: the next recreation loses them',
    tool: 'compose_inspect',
  },
  HASH_VERSION_SKEW: {
    severity: 'info',
    fix: 'Nothing: the next up by this version recreates them',
    tool: 'compose_deploy_check',
  },
} as const;

function drift(
  service: ServiceState,
  id: keyof typeof drifts,
  found: readonly Drift[],
  evidence: string,
): readonly Finding[] {
  if (found.length === 0) return [];
  const { severity, fix } = drifts[id];
  return [
    {
      id,
      severity,
      object: service.name,
      evidence,
      threshold: 'as the files say',
      fix,
      ...next(drifts[id].tool, service),
    },
  ];
}

function keysOf(changed: readonly Drift[]): string {
  const keys = [...new Set(changed.flatMap(({ keys }) => keys))];
  const shown = keys.slice(0, 8).join(', ') || 'keys that the engine does not tell';
  return keys.length > 8 ? `${shown} and ${keys.length - 8} more` : shown;
}

function judgeOrphan(service: ServiceState, knowsFiles: boolean): readonly Finding[] {
  if (!knowsFiles || service.wanted !== undefined) return [];
  return [
    {
      id: 'ORPHAN',
      severity: 'warning',
      object: service.name,
      evidence: `${counted(service.containers.length, 'container')} of a service that the files do not have`,
      threshold: 'none',
      fix: 'Remove them, or turn on the profile they belong to',
      next: { tool: 'compose_cleanup', args: { what: ['orphans'] } },
    },
  ];
}

function next(tool: string, { plain }: ServiceState): Pick<Finding, 'next'> {
  const args = tool === 'compose_deploy_check' ? { services: [plain] } : { service: plain };
  return plain === undefined ? {} : { next: { tool, args } };
}
