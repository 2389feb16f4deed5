import { projectOf, type ProjectReference } from './accounts.ts';
import { type DetectorOptions, storeDetector } from './detectors.ts';
import { assigneeOf } from './issues.ts';
import type { Checkin, Monitor, Stored } from './model.ts';
import type { State } from './state.ts';

export interface CheckinOptions {
  readonly at: number;
  readonly status?: Checkin['status'];
  readonly durationMs?: number | null;
  readonly environment?: string;
}

export interface MonitorOptions {
  readonly slug: string;
  readonly name?: string;
  /** crontab text or `[5, 'minute']`; every hour by default */
  readonly schedule?: string | readonly [number, string];
  readonly checkins?: readonly CheckinOptions[];
  readonly environment?: string;
  readonly muted?: boolean;
  readonly disabled?: boolean;
  readonly marginMinutes?: number;
  readonly maxRuntimeMinutes?: number;
  readonly timezone?: string;
  /** UTC ms; an hour after the last check-in by default */
  readonly nextCheckIn?: number;
  readonly owner?: string;
  readonly dateCreated?: number;
}

export interface UptimeDetectorOptions {
  readonly name?: string;
  readonly url?: string;
  readonly enabled?: boolean;
  readonly environment?: string;
  readonly intervalSeconds?: number;
}

export function addMonitor(state: State, reference: ProjectReference, options: MonitorOptions): Monitor {
  const project = projectOf(state, reference);
  const environment = options.environment ?? 'production';
  project.environments.add(environment);
  const checkins = (options.checkins ?? [])
    .map((each): Checkin => ({
      id: state.nextId().toString(16).padStart(32, '0'),
      at: each.at,
      status: each.status ?? 'ok',
      durationMs: each.durationMs === undefined ? 1000 : each.durationMs,
      environment: each.environment ?? environment,
    }))
    .toSorted((left, right) => left.at - right.at);
  const last = checkins.at(-1);
  const monitor: Monitor = {
    id: String(state.nextId()),
    slug: options.slug,
    name: options.name ?? options.slug,
    project,
    schedule: options.schedule ?? '0 * * * *',
    marginMinutes: options.marginMinutes ?? 5,
    maxRuntimeMinutes: options.maxRuntimeMinutes ?? 30,
    timezone: options.timezone ?? 'UTC',
    dateCreated: options.dateCreated ?? project.dateCreated,
    environment,
    checkins,
    nextCheckIn: options.nextCheckIn ?? (last && last.at + 3_600_000),
    state: options.disabled ? 'disabled' : 'active',
    muted: options.muted ?? false,
    owner: (options.owner === undefined ? undefined : assigneeOf(state, options.owner)) ?? null,
  };
  state.monitors.push(monitor);
  return monitor;
}

/** Besides the `error` and `issue_stream` detectors that each project has from the start. */
export function addDetector(state: State, reference: ProjectReference, options: DetectorOptions = {}): Stored {
  return storeDetector(state, projectOf(state, reference), options);
}

export function addUptimeDetector(
  state: State,
  reference: ProjectReference,
  options: UptimeDetectorOptions = {},
): Stored {
  const id = String(state.nextId());
  return addDetector(state, reference, {
    name: options.name ?? 'Uptime',
    type: 'uptime_domain_failure',
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    config: { mode: 1, environment: options.environment ?? 'production', downtimeThreshold: 3, recoveryThreshold: 1 },
    dataSources: [
      {
        id,
        organizationId: projectOf(state, reference).organization.id,
        type: 'uptime_subscription',
        sourceId: id,
        queryObj: {
          url: options.url ?? 'https://cinema.example/health',
          method: 'GET',
          body: null,
          headers: [],
          intervalSeconds: options.intervalSeconds ?? 60,
          timeoutMs: 5000,
          traceSampling: false,
        },
      },
    ],
  });
}
