import type { Json } from '@cinecom/mcp-core';

/** The resolved project, as `docker compose config` tells it. Environment values are in clear: never shown. */
export interface ComposeModel {
  readonly name: string;
  readonly services: ReadonlyMap<string, ComposeService>;
  /** Full names of named volumes and networks, by their key in the file. */
  readonly volumes: ReadonlyMap<string, NamedResource>;
  readonly networks: ReadonlyMap<string, NamedResource>;
  /** Variables that the files use and nothing sets: Compose takes them as empty. */
  readonly unsetVariables: readonly string[];
  /** Hash by service, equal to the label `com.docker.compose.config-hash` of unmodified containers. */
  readonly hashes: ReadonlyMap<string, string>;
  /** What the CLI printed: fed back to it for exact operations. */
  readonly text: string;
  /** Of `text`. */
  readonly fingerprint: string;
}

export interface NamedResource {
  readonly name: string;
  readonly isExternal: boolean;
}

/** One service of the model; times in ms, sizes in bytes. */
export interface ComposeService {
  readonly name: string;
  readonly image: string;
  readonly isBuilt: boolean;
  readonly replicas: number;
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string | null>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly healthcheck: Healthcheck | undefined;
  readonly dependsOn: ReadonlyMap<string, Dependency>;
  readonly ports: readonly ServicePort[];
  readonly volumes: readonly ServiceVolume[];
  readonly limits: ServiceLimits;
  readonly update: UpdateConfig;
  readonly rollback: UpdateConfig;
  readonly restart: string;
  readonly containerName: string | undefined;
  readonly networkMode: string | undefined;
  readonly networks: ReadonlyMap<string, { readonly hasFixedAddress: boolean }>;
  readonly preStop: readonly Hook[];
  readonly stopGraceMs: number | undefined;
  readonly stopSignal: string | undefined;
  readonly usesInit: boolean;
  /** The whole service as resolved, for fields that only one rule reads. */
  readonly raw: Readonly<Record<string, Json | undefined>>;
}

export interface Hook {
  readonly command: readonly string[];
  readonly user: string | undefined;
}

export interface Healthcheck {
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

export interface Dependency {
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  readonly restart: boolean;
}

export interface ServicePort {
  readonly target: number;
  /** `8080`, `8000-8010`, or empty for a free one. */
  readonly published: string;
  readonly address: string;
  readonly protocol: string;
}

export interface ServiceVolume {
  readonly type: string;
  /** Key of a named volume or host path; empty for an anonymous volume. */
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

export interface ServiceLimits {
  readonly memoryBytes: number | undefined;
  readonly memoryReservationBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly cpusReservation: number | undefined;
  readonly pids: number | undefined;
}

/** Of `deploy.update_config` and `deploy.rollback_config`; what the file does not say is undefined. */
export interface UpdateConfig {
  readonly parallelism: number | undefined;
  readonly delayMs: number | undefined;
  readonly monitorMs: number | undefined;
  readonly maxFailureRatio: number | undefined;
  readonly order: 'start-first' | 'stop-first' | undefined;
  readonly failureAction: 'continue' | 'pause' | 'rollback' | undefined;
}
