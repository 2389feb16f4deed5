import type { Json } from '@cinecom/mcp-core';

export type RolloutMode = 'start-first' | 'stop-first';

/** How the replicas of one service are replaced; times in ms. */
export interface ServiceOrder {
  readonly service: string;
  readonly mode: RolloutMode;
  /** Replicas wanted at the end. */
  readonly replicas: number;
  /** Replaced at a time. */
  readonly parallelism: number;
  /** Hash and image that new replicas must have. */
  readonly hash: string;
  readonly imageId: string;
  /** Replicas made before it count as old, whatever they are made of: UTC ms, 0 for none. */
  readonly notBefore: number;
  readonly settleMs: number;
  readonly readyMs: number;
  readonly monitorMs: number;
  readonly delayMs: number;
  readonly maxFailureRatio: number;
  readonly onFailure: 'rollback' | 'pause' | 'continue';
  /** Command of label `cinecom.ready`, in place of a health check. */
  readonly readyCommand: readonly string[] | undefined;
  readonly drain: DrainOrder;
  readonly back: WayBack;
}

/** What differs on the way back: `deploy.rollback_config`, else as on the way there. */
export type WayBack = Pick<ServiceOrder, 'mode' | 'parallelism' | 'delayMs' | 'monitorMs' | 'maxFailureRatio'>;

export interface DrainOrder {
  readonly hooks: readonly { readonly command: readonly string[]; readonly user: string | undefined }[];
  readonly command: readonly string[] | undefined;
  /** After the command it is waited until the container is unhealthy, at most so long. */
  readonly unhealthyMs: number;
  /** Then, or without a health check, so long for balancers to notice. */
  readonly pauseMs: number;
}

/** What a replica was made of, so that it can be made again: of the engine's own words. */
export interface ReplicaDefinition {
  readonly hash: string;
  readonly imageId: string;
  /** Tag that keeps the image from being pruned. */
  readonly keptAs: string;
  /** Body of its creation, without name and number. */
  readonly create: Json;
  readonly networks: Readonly<Record<string, Json>>;
}

export interface ServiceSnapshot {
  readonly service: string;
  readonly replicas: number;
  /** One for each hash and image that ran. */
  readonly definitions: readonly ReplicaDefinition[];
}

export interface Snapshot {
  readonly id: string;
  readonly project: string;
  readonly at: number;
  readonly label: string;
  readonly services: readonly ServiceSnapshot[];
}

export type StepKind = 'create' | 'ready' | 'monitor' | 'drain' | 'stop' | 'delay' | 'failure' | 'rollback' | 'done';

/** One step, written down before it is done. */
export interface RolloutStep {
  readonly at: number;
  readonly service: string;
  readonly kind: StepKind;
  readonly containers: readonly string[];
  /** May hold words of the engine. */
  readonly detail: string;
}

export type RolloutStatus = 'running' | 'succeeded' | 'rolled-back' | 'paused' | 'failed' | 'interrupted';

export interface RolloutRecord {
  readonly id: string;
  readonly project: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly status: RolloutStatus;
  readonly snapshot: string;
  readonly services: readonly ServiceOrder[];
  readonly steps: readonly RolloutStep[];
  /** Fewest ready replicas that were seen of each service. */
  readonly minimumReady: Readonly<Record<string, number>>;
  /** Stops that needed force, or took longer than the grace period. */
  readonly ungraceful: readonly { readonly container: string; readonly seconds: number; readonly exitCode: number }[];
  /** Why it ended as it did; may hold words of the engine. */
  readonly reason: string;
}
