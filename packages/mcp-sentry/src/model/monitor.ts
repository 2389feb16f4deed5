import type { Scope } from './scope.ts';

/** One environment of a cron monitor. Times are UTC ms. */
export interface MonitorEnvironment {
  readonly name: string;
  /** `ok`, `error`, `missed_checkin`, `timeout`, `active`, `disabled`, … as told. */
  readonly status: string | undefined;
  readonly isMuted: boolean;
  readonly lastCheckIn: number | undefined;
  readonly nextCheckIn: number | undefined;
  readonly nextCheckInLatest: number | undefined;
  readonly incidentSince: number | undefined;
}

export interface Monitor {
  readonly slug: string;
  readonly name: string | undefined;
  readonly project: string | undefined;
  /** `active`, `disabled`, … */
  readonly status: string | undefined;
  readonly isMuted: boolean;
  /** `0 3 * * *`, or `every 10 minute`. */
  readonly schedule: string | undefined;
  readonly timezone: string | undefined;
  readonly environments: readonly MonitorEnvironment[];
}

export interface CheckIn {
  readonly at: number | undefined;
  readonly status: string | undefined;
  readonly environment: string | undefined;
  readonly durationMs: number | undefined;
  readonly expectedAt: number | undefined;
}

/** What watches for something and opens issues. */
export interface Detector {
  readonly id: string;
  readonly name: string | undefined;
  /** `error`, `metric_issue`, `uptime_domain_failure`, `monitor_check_in_failure`, … as told. */
  readonly type: string | undefined;
  readonly projectId: string | undefined;
  readonly isEnabled: boolean;
  /** Of an uptime detector: what it calls. */
  readonly address?: string | undefined;
  readonly workflowIds: readonly string[];
}

export interface Monitors {
  list(scope: Scope, signal: AbortSignal): Promise<readonly Monitor[]>;
  /** Newest first. */
  checkIns(scope: Scope, slug: string, limit: number, signal: AbortSignal): Promise<readonly CheckIn[]>;
  /** @throws ToolError `backend_unsupported` where the server has none */
  detectors(scope: Scope, signal: AbortSignal): Promise<readonly Detector[]>;
  /** The same, and whether there are more than are read. */
  detectorList(
    scope: Scope,
    signal: AbortSignal,
  ): Promise<{ readonly detectors: readonly Detector[]; readonly isCut: boolean }>;
}
