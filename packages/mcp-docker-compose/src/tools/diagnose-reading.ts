import { attempt, isToolError, type NotExamined } from '@cinecom/mcp-core';
import type { ProjectFacts, ServiceFacts } from '../analysis/diagnose/facts.ts';
import { conflictPorts } from '../analysis/diagnose/rules/host.ts';
import { driftOf } from '../analysis/drift/drift-of.ts';
import { createLocator, type Locator } from '../analysis/files/locate.ts';
import { isReady } from '../analysis/containers/is-ready.ts';
import type { OriginLine } from '../analysis/logs/collapse.ts';
import { usageOf } from '../analysis/stats/usage-of.ts';
import type { Container } from '../model/container.ts';
import type { EngineEvent } from '../model/event.ts';
import type { LocalImage } from '../model/image.ts';
import type { StatsPair } from '../model/stats.ts';
import { forgotten } from './forgotten.ts';
import { readLogs } from './logs-reading.ts';
import { type ComposeCall, type ProjectReading, readImages, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

const measuredMs = 2000;
const mostMeasured = 100;
const keptLines = 200;
const mostPorts = 20;

export interface DiagnosisReading {
  readonly project: ProjectReading;
  readonly facts: ProjectFacts;
  readonly locator: Locator;
  readonly missing: readonly NotExamined[];
}

/** All that a diagnosis goes by, of every service in scope: what is wrong with one may come from another. */
export async function readDiagnosis(since: number, call: ComposeCall): Promise<DiagnosisReading> {
  const { backend, settings, signal, clock } = call;
  const { engine, compose } = backend;
  const now = clock.now();
  const project = await readProject(call);
  const { model } = project;
  const replicas = project.containers.filter(({ isOneOff }) => !isOneOff);
  const names = servicesOf('*', settings, model, replicas);
  const references = names.flatMap((name) => model?.services.get(name)?.image ?? []);
  const [history, lines, pairs, info, images, networks, volumes, holders, sources] = await Promise.all([
    attempt('events of the window', backend.history.events(call.state, { since, until: now }, signal)),
    readLast(replicas, since, call),
    attempt('usage', measure(replicas, call)),
    engine.info(signal),
    readImages([...replicas.map(({ imageId }) => imageId), ...references], call),
    attempt('networks of the host', engine.networks(signal)),
    attempt('volumes of the host', engine.volumes(signal)),
    readHolders(replicas, call),
    attempt('lines of the files', compose.sources(signal)),
  ]);
  const read = {
    project,
    images,
    events: history.value?.events ?? [],
    lines: lines.lines,
    pairs: pairs.value ?? new Map<string, StatsPair>(),
    cpus: info.cpus,
  };
  const facts: ProjectFacts = {
    now,
    model,
    services: new Map(names.map((name) => [name, factsOf(name, replicas, read)])),
    images: new Set(images.keys()),
    networks: networks.value,
    volumes: volumes.value,
    holders,
    completeSince: history.value?.completeSince ?? now,
  };
  return {
    project,
    facts,
    locator: createLocator(sources.value ?? []),
    missing: [
      ...project.missing,
      ...history.missing,
      ...forgotten(history.value, since),
      ...lines.missing,
      ...pairs.missing,
      ...networks.missing,
      ...volumes.missing,
      ...sources.missing,
      ...unmeasured(replicas),
    ],
  };
}

interface Read {
  readonly project: ProjectReading;
  readonly images: ReadonlyMap<string, LocalImage>;
  readonly events: readonly EngineEvent[];
  readonly lines: readonly OriginLine[];
  readonly pairs: ReadonlyMap<string, StatsPair>;
  readonly cpus: number;
}

function factsOf(name: string, replicas: readonly Container[], read: Read): ServiceFacts {
  const { model, composeVersion = '' } = read.project;
  const wanted = model?.services.get(name);
  const containers = replicas.filter(({ service }) => service === name);
  const byId = <Value>(valueOf: (container: Container) => Value | undefined): ReadonlyMap<string, Value> =>
    new Map(
      containers.flatMap((container): (readonly [string, Value])[] => {
        const value = valueOf(container);
        return value === undefined ? [] : [[container.id, value]];
      }),
    );
  return {
    name,
    wanted,
    containers,
    events: read.events.filter(({ service }) => service === name),
    logs: byId(({ number }) =>
      read.lines.filter((line) => line.service === name && line.number === number).slice(-keptLines),
    ),
    usage: byId(({ id, limits }) => {
      const pair = read.pairs.get(id);
      return pair === undefined ? undefined : usageOf(pair, limits, read.cpus);
    }),
    drifts: byId((container) =>
      wanted === undefined || model === undefined
        ? undefined
        : driftOf({
            container,
            service: wanted,
            model,
            defaults: read.images.get(container.imageId)?.defaults,
            hash: model.hashes.get(name),
            composeVersion,
            image: read.images.get(wanted.image),
          }),
    ),
  };
}

/** Of those that are not ready first, where not all can be read. */
function readLast(replicas: readonly Container[], since: number, call: ComposeCall) {
  const worstFirst = replicas.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
  return readLogs(worstFirst, { request: { since, until: undefined, stream: 'both' } }, call);
}

function running(replicas: readonly Container[]): readonly Container[] {
  return replicas.filter(({ state }) => state.status === 'running');
}

function measure(replicas: readonly Container[], { backend, signal }: ComposeCall) {
  const ids = running(replicas).map(({ id }) => id);
  return backend.engine.statsOver(ids.slice(0, mostMeasured), { windowMs: measuredMs }, signal);
}

function unmeasured(replicas: readonly Container[]): readonly NotExamined[] {
  const left = running(replicas).length - mostMeasured;
  return left > 0 ? [{ what: `usage of ${left} more containers`, why: 'ask compose_stats for one service' }] : [];
}

/** Who publishes the ports that containers could not get. */
async function readHolders(
  replicas: readonly Container[],
  { backend, signal }: ComposeCall,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const ports = [...new Set(replicas.flatMap(conflictPorts))].slice(0, mostPorts);
  const ofPort = async (port: number): Promise<readonly [number, readonly string[]]> => [
    port,
    await backend.engine.publishers(port, signal).catch((error: unknown) => {
      if (isToolError(error)) return [];
      throw error;
    }),
  ];
  return new Map(await Promise.all(ports.map(ofPort)));
}
