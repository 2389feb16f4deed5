import { projectOf, type ProjectReference } from './accounts.ts';
import { eventId } from './events.ts';
import { type Column, placeTimes, type Run, type Value } from './rows.ts';
import type { State } from './state.ts';

export interface LogOptions {
  readonly message: string;
  readonly severity?: string;
  readonly count?: number;
  readonly from?: number;
  readonly to?: number;
  readonly at?: readonly number[];
  readonly traceId?: string;
  readonly release?: string;
  readonly environment?: string;
  readonly tags?: Readonly<Record<string, string | number>>;
}

export interface UptimeCheckOptions {
  readonly url?: string;
  readonly count?: number;
  readonly from?: number;
  readonly to?: number;
  readonly at?: readonly number[];
  /** by check; all succeed by default */
  readonly status?: (index: number) => 'success' | 'failure' | 'missed_window';
  readonly durationMs?: number;
  readonly region?: string;
}

function plainRun(
  state: State,
  reference: ProjectReference,
  placing: LogOptions | UptimeCheckOptions,
  constants: readonly (readonly [string, Value])[],
  columns: readonly (readonly [string, Column])[],
): Run {
  const project = projectOf(state, reference);
  const at = placeTimes(placing.at ? { at: placing.at } : placing, state.clock.now());
  const first = state.nextEventIds(at.length);
  return {
    project,
    at,
    constants: new Map<string, Value>([
      ['project', project.slug],
      ['project.name', project.slug],
      ['project.id', Number(project.id)],
      ...constants,
    ]),
    columns: new Map(columns),
    idOf: (index) => eventId(first + index),
    isVisible: () => true,
  };
}

export function addLogs(state: State, reference: ProjectReference, options: LogOptions): Run {
  const run = plainRun(
    state,
    reference,
    options,
    [
      ...Object.entries(options.tags ?? {}),
      ['message', options.message],
      ['severity', options.severity ?? 'info'],
      ['trace', options.traceId ?? null],
      ['release', options.release ?? null],
      ['environment', options.environment ?? null],
    ],
    [],
  );
  if (run.at.length > 0) state.logs.push(run);
  return run;
}

/** Rows of the `uptime_results` dataset. */
export function addUptimeChecks(state: State, reference: ProjectReference, options: UptimeCheckOptions = {}): Run {
  const statusOf = options.status ?? ((): 'success' => 'success');
  const run = plainRun(
    state,
    reference,
    options,
    [
      ['guid', null],
      ['region', options.region ?? 'us-east'],
      ['environment', 'production'],
      ['request_url', options.url ?? 'https://cinema.example/health'],
      ['request_duration_us', (options.durationMs ?? 120) * 1000],
    ],
    [
      ['check_status', { value: statusOf }],
      ['http_status_code', { value: (index) => (statusOf(index) === 'success' ? 200 : 500) }],
    ],
  );
  if (run.at.length > 0) state.uptime.push(run);
  return run;
}
