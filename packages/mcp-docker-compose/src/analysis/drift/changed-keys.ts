import type { ComposeModel, ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { ImageDefaults } from '../../model/image.ts';

/** What the comparison needs beside the container itself. */
export interface Wanted {
  readonly service: ComposeService;
  readonly model: Pick<ComposeModel, 'networks' | 'volumes'>;
  /** Of the container's own image; undefined when it is gone. */
  readonly defaults: ImageDefaults | undefined;
}

const composeLabel = /^com\.docker\.compose\./;

/**
 * Keys of the service, as the file names them, in which a container is not what the model says; values are never among
 * them. Only what the engine tells of a container is compared: the hash remains the judge of whether it is the same.
 */
export function changedKeys(container: Container, wanted: Wanted): readonly string[] {
  return [
    ...changedEnvironment(container, wanted),
    ...changedLabels(container, wanted),
    ...changedWords(container, wanted),
    ...changedMounts(container, wanted),
    ...changedNetworks(container, wanted),
    ...changedRest(container, wanted.service),
  ].toSorted();
}

function changedEnvironment({ environment }: Container, { service, defaults }: Wanted): readonly string[] {
  const has = new Map(environment.map(pair));
  const own = new Map((defaults?.environment ?? []).map(pair));
  const wanted = Object.entries(service.environment).filter((entry): entry is [string, string] => entry[1] !== null);
  const different = wanted
    .filter(([name, value]) => has.get(name) !== value.replaceAll('$$', '$'))
    .map(([name]) => name);
  const gone = [...has.keys()].filter(
    (name) => !Object.hasOwn(service.environment, name) && has.get(name) !== own.get(name) && defaults !== undefined,
  );
  return [...different, ...gone].map((name) => `environment.${name}`);
}

function pair(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function changedLabels({ labels }: Container, { service, defaults }: Wanted): readonly string[] {
  const different = Object.keys(service.labels).filter((name) => labels[name] !== service.labels[name]);
  const gone = Object.keys(labels).filter(
    (name) =>
      !composeLabel.test(name) &&
      !Object.hasOwn(service.labels, name) &&
      defaults !== undefined &&
      defaults.labels[name] !== labels[name],
  );
  return [...different, ...gone].map((name) => `labels.${name}`);
}

function changedWords(container: Container, { service, defaults }: Wanted): readonly string[] {
  const wantedEntrypoint = service.entrypoint ?? defaults?.entrypoint;
  // an own entrypoint also drops the command of the image
  const wantedCommand = service.command ?? (service.entrypoint === undefined ? defaults?.command : []);
  return [
    ...(container.image === service.image ? [] : ['image']),
    ...(wantedCommand === undefined || same(container.command, wantedCommand) ? [] : ['command']),
    ...(wantedEntrypoint === undefined || same(container.entrypoint, wantedEntrypoint) ? [] : ['entrypoint']),
  ];
}

function changedMounts({ mounts }: Container, { service, model, defaults }: Wanted): readonly string[] {
  const has = new Map(mounts.map((mount) => [mount.target, mount]));
  const wanted = new Map(service.volumes.map((volume) => [volume.target, volume]));
  const different = service.volumes.filter((volume) => {
    const mount = has.get(volume.target);
    if (volume.type === 'tmpfs') return false; // not among the mounts that the engine lists
    if (mount === undefined || mount.isWritable === volume.isReadOnly) return true;
    if (volume.type === 'bind') return mount.source !== volume.source;
    return volume.source !== '' && mount.name !== (model.volumes.get(volume.source)?.name ?? volume.source);
  });
  const ofImage = new Set(defaults?.volumes);
  const gone = mounts.filter(
    ({ target, type }) => type !== 'tmpfs' && !wanted.has(target) && !ofImage.has(target) && !isSecret(target),
  );
  return different.length + gone.length === 0 ? [] : ['volumes'];
}

/** Secrets and configs are mounted as files without being volumes of the service. */
function isSecret(target: string): boolean {
  return target.startsWith('/run/secrets/');
}

function changedNetworks({ networks }: Container, { service, model }: Wanted): readonly string[] {
  if (service.networkMode !== undefined) return [];
  const wanted = [...service.networks.keys()].map((key) => model.networks.get(key)?.name ?? key);
  const has = networks.map(({ name }) => name);
  return same(wanted.toSorted(), has.toSorted()) ? [] : ['networks'];
}

function changedRest(container: Container, service: ComposeService): readonly string[] {
  const { healthcheck } = service;
  const { health } = container;
  const isChecked = (service.raw.healthcheck ?? undefined) !== undefined;
  const sameCheck =
    !isChecked ||
    ((healthcheck === undefined) === (health === undefined) &&
      (healthcheck === undefined ||
        health === undefined ||
        (same(healthcheck.test, health.test) &&
          healthcheck.intervalMs === health.intervalMs &&
          healthcheck.timeoutMs === health.timeoutMs &&
          healthcheck.retries === health.retries &&
          healthcheck.startPeriodMs === health.startPeriodMs)));
  return [
    ...(sameCheck ? [] : ['healthcheck']),
    ...(service.restart.split(':', 1)[0] === container.restartPolicy ? [] : ['restart']),
    ...(samePorts(service, container) ? [] : ['ports']),
    ...(service.stopSignal === undefined || service.stopSignal === container.stopSignal ? [] : ['stop_signal']),
    ...(service.stopGraceMs === undefined || service.stopGraceMs === container.stopGraceMs
      ? []
      : ['stop_grace_period']),
  ];
}

function samePorts({ ports }: ComposeService, { wantedPorts }: Container): boolean {
  // a range is given to each container as one port of it
  if (ports.some(({ published }) => published.includes('-'))) return ports.length === wantedPorts.length;
  const wanted = ports.map(
    ({ address, published, target, protocol }) => `${address}:${published}->${target}/${protocol}`,
  );
  return same(wanted.toSorted(), wantedPorts.toSorted());
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
