import type { Closable, Json, State } from '@cinecom/mcp-core';
import type { ComposeModel } from '../model/compose-model.ts';
import type { Container } from '../model/container.ts';
import type { EngineInfo } from '../model/engine-info.ts';
import type { EngineEvent, EventHistory, EventMemory } from '../model/event.ts';
import type { Heals } from '../model/heal.ts';
import type { HostImage, LocalImage } from '../model/image.ts';
import type { LogReading, LogRequest } from '../model/log.ts';
import type { Samples } from '../model/samples.ts';
import type { SourceFile } from '../model/source-file.ts';
import type { StatsPair, StatsSample } from '../model/stats.ts';
import type { Resources } from '../model/resources.ts';
import type { Rollouts } from '../model/rollouts.ts';
import type { RecordContext } from './events/record-events.ts';

/** All that tools know of the project and its engine. Every method rejects with a ToolError. */
export interface ComposeBackend extends Closable {
  readonly engine: Engine;
  /** What happened, beyond what the engine remembers. */
  readonly history: History;
  readonly compose: Compose;
  readonly changes: EngineChanges;
  readonly rollouts: Rollouts;
  /** Repairs of this project. */
  readonly heals: Heals;
  /** What its replicas used. */
  readonly samples: Samples;
  /** Limits of its services. */
  readonly resources: Resources;
}

/** What is observed, and done to one container or image, through the engine's API. */
export interface Engine {
  /** Paths that a proxy in front of the engine refuses to read. */
  refusedReads(signal: AbortSignal): Promise<readonly string[]>;
  info(signal: AbortSignal): Promise<EngineInfo>;
  /** Of the project, stopped ones and one-offs too; by service and number. */
  containers(signal: AbortSignal): Promise<readonly Container[]>;
  /** By id. @throws ToolError `backend_not_found` */
  container(id: string, signal: AbortSignal): Promise<Container>;
  /** Resolves when the engine answers, within 5 s. */
  ping(signal: AbortSignal): Promise<void>;
  /** Of the project's containers, as far as the engine remembers. */
  events(span: { readonly since: number; readonly until: number }, signal: AbortSignal): Promise<EventMemory>;
  /**
   * Those it remembers since a time, UTC ms, and then each as it happens, on a socket of its own; to be taken at once.
   * Resolves when it begins to answer; ends when the engine ends it, throws what ends the connection otherwise.
   */
  liveEvents(since: number, signal: AbortSignal): Promise<AsyncIterable<readonly EngineEvent[]>>;
  /** What a container wrote, also one that ended. @throws ToolError `backend_unsupported` when its log driver cannot be read */
  logs(container: Pick<Container, 'id' | 'isTty'>, request: LogRequest, signal: AbortSignal): Promise<LogReading>;
  /** What a container has used so far; undefined for one that does not run. */
  stats(id: string, signal: AbortSignal): Promise<StatsSample | undefined>;
  /** Samples of both ends of a span, by id; containers that did not run at both are left out. */
  statsOver(
    ids: readonly string[],
    span: { readonly windowMs: number; readonly onProgress?: (elapsedMs: number) => void },
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, StatsPair>>;
  /** By id or reference; undefined when it is not there. */
  image(reference: string, signal: AbortSignal): Promise<LocalImage | undefined>;
  /** Names of all networks of the host, and of all volumes. */
  networks(signal: AbortSignal): Promise<ReadonlySet<string>>;
  volumes(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Names of running containers, of any project, that publish a port. */
  publishers(port: number, signal: AbortSignal): Promise<readonly string[]>;
  /** All of the host, whatever project they are of. */
  hostImages(signal: AbortSignal): Promise<readonly HostImage[]>;
}

/** Events of the project's containers over days, through a recorder in the state folder. */
export interface History {
  /** Recorded ones and those that the engine remembers, each once. @param span at most 7 days */
  events(
    state: Pick<State, 'store'>,
    span: { readonly since: number; readonly until: number },
    signal: AbortSignal,
  ): Promise<EventHistory>;
  /** Records until the signal aborts; one process of a state folder at a time does. Rejects only for what is no error of the catalogue. */
  record(context: RecordContext): Promise<void>;
}

/** What is done to one container or image. Each is done once it has returned; @throws ToolError */
export interface EngineChanges {
  start(id: string, signal: AbortSignal): Promise<void>;
  /** Returns when it has ended, killed after its grace period. */
  stop(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  rename(id: string, name: string, signal: AbortSignal): Promise<void>;
  restart(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Never its volumes, never by force. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** A command in the container, without a shell of ours. @returns its exit code */
  exec(id: string, command: readonly string[], user: string | undefined, signal: AbortSignal): Promise<number>;
  tag(image: string, repository: string, tag: string, signal: AbortSignal): Promise<void>;
  /** Takes a tag away; one that is gone already is fine. */
  untag(reference: string, signal: AbortSignal): Promise<void>;
  /** @param limits in the engine's words: `Memory`, `NanoCpus`, … */
  update(id: string, limits: Readonly<Record<string, number>>, signal: AbortSignal): Promise<void>;
  /** Made, not started. @returns its id */
  create(
    container: { readonly name: string; readonly body: Json; readonly networks: Readonly<Record<string, Json>> },
    signal: AbortSignal,
  ): Promise<string>;
  /** What would create the container again. */
  definition(
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly body: Json; readonly networks: Readonly<Record<string, Json>> }>;
}

/** What has to be the same as what Compose does, through its command. */
export interface Compose {
  /** Of the settings, the file or the folder: known also where the file is broken. */
  projectName(signal: AbortSignal): Promise<string>;
  /** Of the Compose command: `2.40.3`. @throws ToolError `not_configured` without one, `backend_unsupported` for 1.x */
  version(signal: AbortSignal): Promise<string>;
  /** @throws ToolError `not_configured` with the words of Compose when the files are not valid */
  model(signal: AbortSignal): Promise<ComposeModel>;
  /** The texts that the project is made of, for positions: later ones override; also those included and extended. */
  sources(signal: AbortSignal): Promise<readonly SourceFile[]>;
  /**
   * Makes and starts replicas of a service until there are so many; those that are there stay as they are, nothing is pulled
   * or built. @throws ToolError `backend_error` with the words of Compose; some may have been made
   */
  scaleUp(service: string, replicas: number, signal: AbortSignal): Promise<void>;
  pull(services: readonly string[], policy: 'missing' | 'always', signal: AbortSignal): Promise<void>;
  build(services: readonly string[], signal: AbortSignal): Promise<void>;
  /**
   * Makes what is missing and, where asked, starts what is stopped; nothing is pulled, built, made again or removed.
   * @param replicas how many of each service there are to be, not fewer than there are
   */
  upMissing(replicas: ReadonlyMap<string, number>, start: boolean, signal: AbortSignal): Promise<void>;
}
