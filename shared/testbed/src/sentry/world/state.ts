import type { Clock } from '../clock.ts';
import type { IssueRun } from './event-detail.ts';
import type {
  Integration,
  Issue,
  Key,
  Member,
  Monitor,
  Organization,
  Outcome,
  Project,
  Release,
  SeerRun,
  SessionHour,
  Stored,
  Team,
} from './model.ts';
import type { Run } from './rows.ts';
import type { SpanRun } from './spans.ts';

/** How the double treats what is sent to it. */
export interface IngestBehaviour {
  /** from acceptance to visibility */
  delayMs: number;
  /** which time the delay is counted in */
  clock: 'double' | 'real';
  /** accepted with 200, counted as filtered, never stored */
  filtered: string | undefined;
  /** refused with 429 and this reason */
  rateLimited: { readonly seconds: number; readonly reason: string } | undefined;
  /** accepted with 200 and then dropped by quota */
  overQuota: boolean;
  /** accepted with 200 and lost without an outcome */
  lost: boolean;
  maxBytes: number;
}

/** How answers of `events-timeseries` present themselves. */
export interface SamplingBehaviour {
  sampleRate: number | null;
  confidence: 'low' | 'high' | null;
  dataScanned: 'partial' | 'full';
}

export interface SeerBehaviour {
  /** how long a started run takes */
  durationMs: number;
  /** answered to every Seer call, as where it is not enabled */
  refusal: { readonly status: number; readonly detail: string } | undefined;
}

/** All the double knows; builders write it, routes read it. */
export interface State {
  readonly clock: Clock;
  readonly organizations: Organization[];
  readonly teams: Team[];
  readonly members: Member[];
  readonly projects: Project[];
  readonly keys: Key[];
  readonly issues: Issue[];
  readonly errors: IssueRun[];
  readonly spans: SpanRun[];
  readonly logs: Run[];
  readonly uptime: Run[];
  readonly releases: Release[];
  readonly sessions: SessionHour[];
  readonly monitors: Monitor[];
  readonly detectors: Stored[];
  readonly workflows: Stored[];
  readonly integrations: Integration[];
  readonly repositories: Stored[];
  readonly projectRules: { readonly project: Project; readonly body: Record<string, unknown> }[];
  readonly metricRules: Stored[];
  readonly outcomes: Outcome[];
  readonly seer: SeerRun[];
  readonly ingest: IngestBehaviour;
  readonly sampling: SamplingBehaviour;
  readonly seerBehaviour: SeerBehaviour;
  nextId(): number;
  nextEventIds(count: number): number;
}

export function createState(clock: Clock): State {
  let [last, lastEvent] = [100, 0];
  return {
    clock,
    organizations: [],
    teams: [],
    members: [],
    projects: [],
    keys: [],
    issues: [],
    errors: [],
    spans: [],
    logs: [],
    uptime: [],
    releases: [],
    sessions: [],
    monitors: [],
    detectors: [],
    workflows: [],
    integrations: [],
    repositories: [],
    projectRules: [],
    metricRules: [],
    outcomes: [],
    seer: [],
    ingest: {
      delayMs: 0,
      clock: 'double',
      filtered: undefined,
      rateLimited: undefined,
      overQuota: false,
      lost: false,
      maxBytes: 1_000_000,
    },
    sampling: { sampleRate: null, confidence: null, dataScanned: 'full' },
    seerBehaviour: { durationMs: 60_000, refusal: undefined },
    nextId: () => (last += 1),
    nextEventIds: (count) => {
      const first = lastEvent + 1;
      lastEvent += count;
      return first;
    },
  };
}
