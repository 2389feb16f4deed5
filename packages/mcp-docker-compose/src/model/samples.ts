import type { BackgroundContext, State } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';

/** What one replica used since the look before; undefined = not reported, or it was not there then. */
export interface ReplicaPoint {
  /** First twelve letters of its id. */
  readonly id: string;
  readonly isReady: boolean;
  /** CPU seconds a second. */
  readonly cores: number | undefined;
  readonly workingSetBytes: number | undefined;
  /** Share of scheduling periods in which it had to wait, 0–1. */
  readonly throttled: number | undefined;
}

/** One look at all replicas of the project. */
export interface SamplePoint {
  /** UTC ms. */
  readonly at: number;
  readonly services: Readonly<Record<string, readonly ReplicaPoint[]>>;
}

/** Of the values of all replicas within some time. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What a service used in five minutes; undefined = nothing was reported. */
export interface UsageBucket {
  /** Beginning, UTC ms. */
  readonly at: number;
  /** Values of replicas in it. */
  readonly points: number;
  /** Fewest ready replicas. */
  readonly ready: number;
  /** Of one replica. */
  readonly cores: Spread | undefined;
  readonly workingSetBytes: Spread | undefined;
  readonly throttled: Spread | undefined;
  /** Of all replicas together, on average. */
  readonly totalCores: number | undefined;
}

/** What was sampled, in the state of a call; empty where nothing samples. */
export interface Samples {
  /** Takes samples until the signal aborts, where the settings ask for them. */
  record(context: BackgroundContext<ComposeSettings>): Promise<void>;
  /** Since a time of the last day, oldest first. */
  recent(state: Pick<State, 'store'>, since: number, signal: AbortSignal): Promise<readonly SamplePoint[]>;
  /** By service, since a time of the last eight days, oldest first; none where nothing was sampled. */
  history(
    state: Pick<State, 'store'>,
    services: readonly string[],
    since: number,
    signal: AbortSignal,
  ): Promise<BucketsByService>;
  /** The same over up to 30 days where the settings name a Prometheus, else of the own samples. */
  long(
    state: Pick<State, 'store'>,
    services: readonly string[],
    since: number,
    signal: AbortSignal,
  ): Promise<LongUsage>;
}

export type BucketsByService = ReadonlyMap<string, readonly UsageBucket[]>;

/** What services used over days, and who told it. */
export interface LongUsage {
  readonly source: 'samples' | 'prometheus';
  readonly buckets: BucketsByService;
}
