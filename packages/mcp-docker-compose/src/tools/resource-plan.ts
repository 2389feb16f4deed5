import { attempt, counted, type Json, type Plan, ToolError } from '@cinecom/mcp-core';
import { hasLimits, limitOrder } from '../analysis/resources/engine-update.ts';
import { guardConcern, limitConcern, type LimitConcern, usageWarnings } from '../analysis/resources/judge-limits.ts';
import { sizeText } from '../analysis/resources/sizes.ts';
import { updateSteps, updateUndo } from '../analysis/resources/update-steps.ts';
import type { ComposeModel, ComposeService } from '../model/compose-model.ts';
import type { Container, ContainerLimits } from '../model/container.ts';
import type { EngineInfo } from '../model/engine-info.ts';
import type { LimitOrder, ResourceChange, WantedLimits } from '../model/resources.ts';
import { plainName } from '../text/plain-name.ts';
import { target as targetOf } from '../text/target.ts';
import { type ComposeCall, readProject } from './project-reading.ts';
import { type PatchedFile, patchedFile } from './resource-file.ts';
import { servicesOf, unprotected } from './scope.ts';

export interface ResourceWish {
  readonly service: string;
  readonly target: 'live' | 'file' | 'both';
  readonly wanted: WantedLimits;
}

export type ObservedResources = {
  /** A `ResourceChange`. */
  readonly change: Json;
  readonly target: ResourceWish['target'];
  readonly file: string | undefined;
  readonly lines: string;
};

/** What is to be done, with what speaks against it. @throws ToolError for limits that cannot be, each with what is allowed */
export async function planResources(wish: ResourceWish, call: ComposeCall): Promise<Plan<ObservedResources>> {
  const { service: name, target, wanted } = wish;
  unprotected([name], call.settings);
  const project = await readProject(call);
  servicesOf(name, call.settings, project.model, project.containers);
  const info = await call.backend.engine.info(call.signal);
  const isThere = ({ service, isOneOff, state }: Container): boolean =>
    service === name && !isOneOff && state.status !== 'removing' && state.status !== 'dead';
  const mine = project.containers.filter(isThere);
  const inFile = target === 'live' ? undefined : await serviceOf(name, project.model, call);
  const limits = [...(target === 'file' ? [] : mine), ...(inFile === undefined ? [] : [inFile])].map(
    (one) => one.limits,
  );
  refuse(limitConcern(wanted, limits, info));
  refuse(guardConcern(wanted, project.unscoped, mine, info.memoryBytes * call.settings.memoryGuard));
  const file = inFile === undefined ? undefined : await patchedFile(inFile, wanted, call);
  const replicas =
    target === 'file' ? [] : mine.filter((one) => !hasLimits(one, wanted)).map((one) => limitOrder(one, wanted));
  const change: ResourceChange = { service: name, wanted, replicas, file: file?.change };
  const usage = target === 'file' ? [] : await measured(mine, wish, info, call);
  return {
    summary: summaryOf(wish, { count: mine.length, replicas, file }),
    steps: [
      ...(file === undefined ? [] : [`write ${file.place}: ${file.words}; then docker compose config reads it again`]),
      ...updateSteps(replicas),
    ],
    targets: [targetOf('service', name)],
    warnings: [...warningsOf(wish, file, replicas), ...usage],
    undo: undoOf(file, replicas),
    observed: { change: change as unknown as Json, target, file: file?.place, lines: file?.lines ?? '' },
  };
}

/** `memory 128m, cpus 0.5`. */
export function limitsText(limits: ContainerLimits | WantedLimits): string {
  const { memoryBytes, memoryReservationBytes, cpus, pids } = limits;
  const words = [
    ...(memoryBytes === undefined ? [] : [`memory ${sizeText(memoryBytes)}`]),
    ...(memoryReservationBytes === undefined ? [] : [`reservation ${sizeText(memoryReservationBytes)}`]),
    ...(cpus === undefined ? [] : [`cpus ${Math.round(cpus * 1e6) / 1e6}`]),
    ...(pids === undefined ? [] : [`pids ${pids}`]),
  ];
  return words.join(', ') || 'none';
}

/** @param known asked for again where it could not be read: then its own error tells why */
async function serviceOf(
  name: string,
  known: ComposeModel | undefined,
  { backend, signal }: ComposeCall,
): Promise<ComposeService> {
  const service = (known ?? (await backend.compose.model(signal))).services.get(name);
  if (service !== undefined) return service;
  throw new ToolError('backend_not_found', 'the files have no service of that name', {
    hint: 'target live needs no file.',
  });
}

function refuse(concern: LimitConcern | undefined): void {
  if (concern !== undefined)
    throw new ToolError('invalid_input', concern.text, { hint: `Allowed: ${concern.allowed}.` });
}

async function measured(
  containers: readonly Container[],
  { wanted }: ResourceWish,
  { cgroupVersion }: EngineInfo,
  { backend, signal }: ComposeCall,
): Promise<readonly string[]> {
  if (wanted.memoryBytes === undefined && wanted.pids === undefined) return [];
  const all = await Promise.all(
    containers.map(async (container) => {
      const { value } = await attempt('what it uses', backend.engine.stats(container.id, signal));
      return { container, plain: plainName(container.name), sample: value };
    }),
  );
  return usageWarnings(wanted, all, cgroupVersion);
}

interface Found {
  readonly count: number;
  readonly replicas: readonly LimitOrder[];
  readonly file: PatchedFile | undefined;
}

function summaryOf({ service, target, wanted }: ResourceWish, { count, replicas, file }: Found): string {
  const name = plainName(service) ?? 'the service';
  if (file === undefined && replicas.length === 0) {
    if (target === 'live' && count === 0)
      return `${name} has no replica that could be changed; target file is for those to come`;
    const where = {
      live: `its ${counted(count, 'replica')}`,
      file: 'its file',
      both: `its file and its ${counted(count, 'replica')}`,
    };
    return `${name} has ${limitsText(wanted)} already: ${where[target]}`;
  }
  return `${name}: ${limitsText(wanted)}, ${target === 'both' ? 'in its file and live' : target === 'file' ? 'in its file' : 'live'}`;
}

function warningsOf(
  { target }: ResourceWish,
  file: PatchedFile | undefined,
  replicas: readonly LimitOrder[],
): readonly string[] {
  const stays = [...new Set(replicas.flatMap((order) => order.stays))];
  return [
    ...(target === 'live'
      ? [
          'Live only: lost at the next recreation, and Compose does not see it (compose_diagnose calls it LIMIT_DRIFT). target both keeps it.',
        ]
      : []),
    ...(target === 'file' && file !== undefined
      ? ['Replicas keep their limits until they are made again: compose_rollout.']
      : []),
    ...(target === 'both' && file !== undefined
      ? ['Compose goes by the configuration hash: the next up makes the replicas again, with the same limits.']
      : []),
    ...(stays.length > 0
      ? [`${stays.join(' and ')} had no limit: the engine cannot lift one again without a new container.`]
      : []),
  ];
}

function undoOf(file: PatchedFile | undefined, replicas: readonly LimitOrder[]): string {
  return [...(file === undefined ? [] : ['In the file: put back what stood there.']), ...updateUndo(replicas)].join(
    ' ',
  );
}
