import { attempt, ToolError } from '@cinecom/mcp-core';
import { isAutoscaled } from '../analysis/autoscale/policy-of.ts';
import { type Drift, driftOf } from '../analysis/drift/drift-of.ts';
import { type Preflight, preflight } from '../analysis/deploy/preflight.ts';
import { limitedBytes } from '../analysis/resources/limited-bytes.ts';
import { dependencyOrder } from '../analysis/rollout/dependency-order.ts';
import { healthcheckOf } from '../analysis/deploy/healthcheck-of.ts';
import { orderOf, type RolloutWishes } from '../analysis/rollout/order-of.ts';
import { unfinishedReplicas } from '../analysis/rollout/unfinished-replicas.ts';
import type { ComposeModel, ComposeService } from '../model/compose-model.ts';
import type { Container } from '../model/container.ts';
import type { EngineInfo } from '../model/engine-info.ts';
import type { LocalImage } from '../model/image.ts';
import type { ServiceOrder } from '../model/rollout.ts';
import { type ComposeCall, type ProjectReading, readImages, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

/** What an update would do to one service, and how. */
export interface ServiceDeploy {
  readonly service: ComposeService;
  readonly containers: readonly Container[];
  readonly drifts: ReadonlyMap<string, Drift>;
  /** Replicas wanted at the end. */
  readonly replicas: number;
  readonly preflight: Preflight;
  /** Undefined where its image is not on the host. */
  readonly order: ServiceOrder | undefined;
  /** How replicas of it are replaced, whatever by: also where its image is not on the host. */
  readonly manner: ServiceOrder;
  readonly isUpToDate: boolean;
}

export interface DeployReading {
  readonly project: ProjectReading;
  readonly model: ComposeModel;
  readonly info: EngineInfo;
  /** In the order in which they would be updated. */
  readonly services: readonly ServiceDeploy[];
}

/** @throws ToolError of the model when the files are not valid: without them nothing can be said of an update */
export async function readDeploy(
  wanted: readonly string[],
  wishes: RolloutWishes,
  call: ComposeCall,
): Promise<DeployReading> {
  const { backend, settings, signal } = call;
  const project = await readProject(call);
  const model = project.model ?? (await backend.compose.model(signal));
  const all = project.containers.filter(({ isOneOff }) => !isOneOff);
  const names = wanted.flatMap((name) => servicesOf(name, settings, model, all));
  const known = [...new Set(names)].filter((name) => model.services.has(name));
  const unknown = names.find((name) => !model.services.has(name));
  if (unknown !== undefined && !wanted.includes('*')) {
    throw new ToolError('backend_not_found', 'a service named in services is not in the Compose files', {
      hint: 'compose_overview lists them; orphans are removed by compose_cleanup.',
    });
  }
  const info = await backend.engine.info(signal);
  const images = await readImages(
    [...all.map(({ imageId }) => imageId), ...known.map((name) => model.services.get(name)?.image ?? '')],
    call,
  );
  const limited = limitedBytes(project.unscoped.filter(({ state }) => state.status === 'running'));
  const records = await attempt('rollouts that were cut off', backend.rollouts.records(call.state, signal));
  const unfinished = unfinishedReplicas(records.value ?? []);
  const freeMemoryBytes = info.memoryBytes * settings.memoryGuard - limited;
  const around = { model, images, freeMemoryBytes, composeVersion: project.composeVersion ?? '', wishes, unfinished };
  const services = dependencyOrder(model.services, known).map((name) => deployOf(name, all, around));
  return { project, model, info, services };
}

interface Around {
  readonly model: ComposeModel;
  readonly images: ReadonlyMap<string, LocalImage>;
  readonly freeMemoryBytes: number;
  readonly composeVersion: string;
  readonly wishes: RolloutWishes;
  readonly unfinished: ReadonlyMap<string, number>;
}

function deployOf(name: string, all: readonly Container[], around: Around): ServiceDeploy {
  const { model, images, freeMemoryBytes, composeVersion, wishes } = around;
  const service = model.services.get(name) as ComposeService;
  const containers = all.filter((container) => container.service === name);
  const image = images.get(service.image);
  const hash = model.hashes.get(name) ?? '';
  const drifts = new Map(
    containers.map((container) => {
      const defaults = images.get(container.imageId)?.defaults;
      return [container.id, driftOf({ container, service, model, defaults, hash, composeVersion, image })];
    }),
  );
  const replicas = replicasOf(service, containers, around.unfinished.get(name));
  const hasRoomForAll =
    service.limits.memoryBytes !== undefined && service.limits.memoryBytes * replicas <= freeMemoryBytes;
  const surge = wishes.parallelism ?? service.update.parallelism ?? 1;
  const hasSettleTime = wishes.settleSeconds !== undefined;
  const judged = preflight({
    service,
    model,
    containers,
    image,
    surge: surge || replicas,
    freeMemoryBytes,
    hasSettleTime,
  });
  const oldLabels = containers[0]?.labels ?? {};
  const imageId = image?.id ?? '';
  const checked = { ...service, healthcheck: healthcheckOf(service, image) };
  const manner = orderOf({
    service: checked,
    preflight: judged,
    wishes,
    replicas,
    oldLabels,
    hash,
    imageId,
    hasRoomForAll,
  });
  const isFresh = (one: Container): boolean => one.configHash === hash && one.imageId === image?.id;
  return {
    service,
    containers,
    drifts,
    replicas,
    preflight: judged,
    order: image === undefined ? undefined : manner,
    manner,
    isUpToDate: containers.length === replicas && containers.every(isFresh),
  };
}

/** What the file says; of a service that is scaled by load, what there is now without what a rollout that was cut off left. */
function replicasOf(service: ComposeService, containers: readonly Container[], unfinished: number | undefined): number {
  return isAutoscaled(service) && containers.length > 0 ? (unfinished ?? containers.length) : service.replicas;
}
