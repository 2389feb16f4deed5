import { bytes, counted } from '@cinecom/mcp-core';
import type { ComposeModel, ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { LocalImage } from '../../model/image.ts';
import { healthcheckOf } from './healthcheck-of.ts';
import { isDatabaseImage } from './known-images.ts';
import { hasRoom } from './ports.ts';

/** One thing that speaks against an update without a gap; `path` leads to it in the model. */
export interface Concern {
  readonly id: string;
  readonly text: string;
  readonly path: readonly string[];
}

export interface Preflight {
  /** `yes` needs no blocker, a health check, evidence of a proxy, and a way to drain. */
  readonly zeroDowntime: 'yes' | 'no' | 'unknown';
  readonly blockers: readonly Concern[];
  readonly warnings: readonly Concern[];
  /** Of a stop-first update, estimated of the last stop and start; undefined where nothing is known of them. */
  readonly expectedGapSeconds: number | undefined;
}

export interface PreflightInput {
  readonly service: ComposeService;
  readonly model: ComposeModel;
  /** Of the service, one-offs left out. */
  readonly containers: readonly Container[];
  /** What the reference of the model is on the host now. */
  readonly image: LocalImage | undefined;
  /** More replicas than usual while updating. */
  readonly surge: number;
  /** Of the host, less what limits of all running containers add up to. */
  readonly freeMemoryBytes: number;
  /** Settings or inputs say how long a replica has to run to count as ready. */
  readonly hasSettleTime: boolean;
}

const drainLabels = ['cinecom.drain', 'docker-rollout.pre-stop-hook'] as const;
export const readyLabel = 'cinecom.ready';
const proxyLabels = /^(traefik\.|caddy($|[._]))/;

/** Whether the service can be replaced start-first without losing a request, judged before anything is done. */
export function preflight(input: PreflightInput): Preflight {
  const blockers = findBlockers(input);
  const warnings = findWarnings(input);
  const { service } = input;
  const isReadyKnown = healthcheckOf(service, input.image) !== undefined;
  const has = (id: string): boolean => warnings.some((one) => one.id === id);
  const isSure =
    isReadyKnown && !has('NO_PROXY') && !has('NO_DRAIN') && !has('UNSET_VARIABLE') && input.image !== undefined;
  return {
    zeroDowntime: blockers.length > 0 ? 'no' : isSure ? 'yes' : 'unknown',
    blockers,
    warnings,
    expectedGapSeconds: expectedGap(input.containers),
  };
}

/** The command of a label that takes a replica out of service before it is stopped. */
export function drainCommand(labels: Readonly<Record<string, string>>): string | undefined {
  return drainLabels.map((name) => labels[name]).find((command) => command !== undefined && command !== '');
}

function findBlockers({ service, model, containers, surge }: PreflightInput): readonly Concern[] {
  const at = (...keys: readonly string[]): readonly string[] => ['services', service.name, ...keys];
  const { networkMode: mode, raw } = service;
  const sharers = [...model.services.values()].filter(
    (other) => other.name !== service.name && joins(other, service.name),
  );
  const stopped = containers.filter(({ state }) => state.status !== 'running');
  const fixed = service.ports.filter((port) => !hasRoom(port.published, service.replicas + surge));
  const isShared = mode === 'host' || mode?.startsWith('service:') || mode?.startsWith('container:');
  return [
    ...when(
      service.containerName !== undefined,
      'CONTAINER_NAME',
      'container_name: only one container can have it',
      at('container_name'),
    ),
    ...fixed.map((port) => ({
      id: 'FIXED_PORT',
      text: `host port ${port.published} is taken while the old replica runs: give a range of at least ${service.replicas + surge}, or publish through a proxy`,
      path: at('ports'),
    })),
    ...when(
      isShared === true,
      'NETWORK_MODE',
      'network_mode shares the network of the host or of one container',
      at('network_mode'),
    ),
    ...[...service.networks].flatMap(([key, { hasFixedAddress }]) =>
      when(hasFixedAddress, 'FIXED_ADDRESS', 'a fixed address can be had by one container only', at('networks', key)),
    ),
    ...when(
      raw.mac_address !== undefined,
      'FIXED_ADDRESS',
      'a fixed MAC address can be had by one container only',
      at('mac_address'),
    ),
    ...sharers.map((other) => ({
      id: 'JOINED',
      text: `service ${other.name} joins its namespaces or volumes, and would keep those of the old replica`,
      path: ['services', other.name],
    })),
    ...when(
      Array.isArray(raw.devices) && raw.devices.length > 0,
      'DEVICE',
      'a device may be open to one container only',
      at('devices'),
    ),
    ...when(
      raw.provider !== undefined && raw.provider !== null,
      'PROVIDER',
      'a provider runs an external program: never done here',
      at('provider'),
    ),
    ...when(
      stopped.length > 0,
      'STOPPED_REPLICAS',
      `${counted(stopped.length, 'replica')} not running: Compose would start ${stopped.length === 1 ? 'it' : 'them'} instead of making new ones; remove with compose_cleanup or start with compose_up`,
      at(),
    ),
  ];
}

function findWarnings(input: PreflightInput): readonly Concern[] {
  const { service, model, image, surge, freeMemoryBytes, hasSettleTime } = input;
  const at = (...keys: readonly string[]): readonly string[] => ['services', service.name, ...keys];
  const isChecked = healthcheckOf(service, image) !== undefined;
  const written = service.volumes.filter((volume) => !volume.isReadOnly && volume.type !== 'tmpfs');
  const anonymous = [
    ...service.volumes.filter(({ type, source }) => type === 'volume' && source === ''),
    ...(image?.defaults.volumes ?? []),
  ];
  const needed = (service.limits.memoryBytes ?? 0) * surge;
  const followers = [...model.services.values()].filter((other) => other.dependsOn.get(service.name)?.restart === true);
  const isReadyKnown = isChecked || service.labels[readyLabel] !== undefined || hasSettleTime;
  return [
    ...when(
      !isChecked,
      'NO_HEALTHCHECK',
      isReadyKnown
        ? 'no health check: readiness is what the label or the settle time says'
        : `no health check: set one, label ${readyLabel}, or settleSeconds`,
      at(),
    ),
    ...when(
      written.length > 0 && isDatabaseImage(service.image),
      'DATABASE',
      'two of a database would write one volume for a while: use mode stop-first',
      at('volumes'),
    ),
    ...when(
      anonymous.length > 0,
      'ANONYMOUS_VOLUME',
      'a new replica starts with empty anonymous volumes',
      at('volumes'),
    ),
    ...when(
      !hasProxy(service),
      'NO_PROXY',
      'no evidence of a proxy (traefik, caddy, VIRTUAL_HOST): clients that know it by name may keep old addresses',
      at(),
    ),
    ...when(
      drainCommand(service.labels) === undefined && service.preStop.length === 0,
      'NO_DRAIN',
      'no drain command (label cinecom.drain, pre_stop): requests in flight depend on how the app takes SIGTERM',
      at(),
    ),
    ...followers.map(({ name }) => ({
      id: 'RESTARTS_OTHERS',
      text: `service ${name} asks to be restarted with it`,
      path: ['services', name, 'depends_on'],
    })),
    ...when(
      needed > freeMemoryBytes,
      'LITTLE_MEMORY',
      `${bytes(needed)} more are needed while updating, ${bytes(Math.max(0, freeMemoryBytes))} are free of limits`,
      at('deploy'),
    ),
    ...when(
      image === undefined,
      'IMAGE_ABSENT',
      'its image is not on this host: compose_up with pull or build first',
      at('image'),
    ),
    ...when(
      model.unsetVariables.length > 0,
      'UNSET_VARIABLE',
      `variables used and set nowhere: ${model.unsetVariables.slice(0, 5).join(', ')}`,
      at(),
    ),
  ];
}

function when(holds: boolean, id: string, text: string, path: readonly string[]): readonly Concern[] {
  return holds ? [{ id, text, path }] : [];
}

function joins({ networkMode, raw }: ComposeService, name: string): boolean {
  const modes = [networkMode, raw.pid, raw.ipc];
  const from = Array.isArray(raw.volumes_from) ? raw.volumes_from : [];
  return modes.includes(`service:${name}`) || from.some((one) => typeof one === 'string' && one.split(':')[0] === name);
}

function hasProxy({ labels, environment }: ComposeService): boolean {
  return Object.keys(labels).some((name) => proxyLabels.test(name)) || Object.hasOwn(environment, 'VIRTUAL_HOST');
}

/**
 * From the end of a replica to the first good probe of the next: the grace period that a stop may take is not known before,
 * so this is start to healthy alone, the longest of those that run.
 */
function expectedGap(containers: readonly Container[]): number | undefined {
  const known = containers.flatMap(({ state, health }) => {
    const first = health?.log.find(({ exitCode }) => exitCode === 0);
    // the log keeps the last few probes: only of a young container is the first good one among them
    if (first === undefined || state.startedAt === undefined || health?.log.length === 5) return [];
    return [(first.endedAt - state.startedAt) / 1000];
  });
  return known.length === 0 ? undefined : Math.round(Math.max(...known) * 10) / 10;
}
