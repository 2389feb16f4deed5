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

export interface DiscoverBehaviour {
  /**
   * What a column does that neither the dataset nor any row knows: 400, or the real server's way for names of
   * letters, digits, `.`, `_`, `-`: it is taken for a tag that no row has, so the column holds nulls.
   */
  unknownFields: 'refuse' | 'tag';
}

export interface SeerBehaviour {
  /** of the answers: older servers give `steps`, newer ones `blocks` with artifacts */
  form: 'steps' | 'blocks';
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
  readonly discover: DiscoverBehaviour;
  nextId(): number;
  nextEventIds(count: number): number;
}

function emptyLists() {
  return {
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
  };
}

export function createState(clock: Clock): State {
  let [last, lastEvent] = [100, 0];
  return {
    clock,
    ...emptyLists(),
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
    seerBehaviour: { form: 'steps', durationMs: 60_000, refusal: undefined },
    discover: { unknownFields: 'refuse' },
    nextId: () => (last += 1),
    nextEventIds: (count) => {
      const first = lastEvent + 1;
      lastEvent += count;
      return first;
    },
  };
}
