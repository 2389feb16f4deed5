import type { Configuration } from './configuration.ts';

/** Which product and version answers, and what was found out by asking rather than by its version. */
export interface ServerFacts {
  readonly url: string;
  /** `Prometheus` unless its answers say otherwise. */
  readonly product: string;
  /** `2.42.0`; empty where the product does not tell. */
  readonly version: string;
  readonly hasFormatQuery: boolean;
  readonly hasParseQuery: boolean;
  readonly hasKeepFiringFor: boolean;
  readonly hasNativeHistograms: boolean;
  readonly hasNotifications: boolean;
}

export interface RuntimeInfo {
  /** UTC ms. */
  readonly startedAt: number;
  readonly workingFolder: string;
  readonly reloadSucceeded: boolean;
  readonly lastReloadAt: number;
  readonly storageRetention: string;
  /** ms; undefined where retention is by size only or cannot be read. */
  readonly retentionMs: number | undefined;
  readonly corruptionCount: number;
}

export interface TsdbStatus {
  readonly seriesCount: number;
  readonly chunkCount: number;
  readonly minTime: number;
  readonly maxTime: number;
  /** Top lists: at most the rows the version gives (10 before 2.45). */
  readonly seriesByMetric: readonly NamedCount[];
  readonly valuesByLabel: readonly NamedCount[];
  readonly seriesByPair: readonly NamedCount[];
}

export interface NamedCount {
  readonly name: string;
  readonly value: number;
}

/** What the server says about itself. */
export interface ServerState {
  facts(signal: AbortSignal): Promise<ServerFacts>;
  /** Whether it answers as ready: false while it replays its log. */
  isReady(signal: AbortSignal): Promise<boolean>;
  runtimeInfo(signal: AbortSignal): Promise<RuntimeInfo>;
  flags(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** What the server runs under. @throws ToolError `backend_not_found` where it does not tell */
  configuration(signal: AbortSignal): Promise<Configuration>;
  tsdb(limit: number, signal: AbortSignal): Promise<TsdbStatus>;
  /** Difference of its clock to ours, ms, from the Date header; positive when it is ahead. */
  clockSkewMs(signal: AbortSignal): Promise<number>;
}
