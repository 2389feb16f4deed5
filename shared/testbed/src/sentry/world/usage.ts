import { projectOf, type ProjectReference } from './accounts.ts';
import type { Issue, JsonRecord, SeerRun } from './model.ts';
import type { State } from './state.ts';

const hour = 3_600_000;

export interface OutcomeOptions {
  readonly outcome?: string;
  readonly reason?: string;
  readonly category?: string;
  /** in all, spread evenly over the hours */
  readonly quantity: number;
  readonly from?: number;
  readonly to?: number;
}

export interface SeerOptions {
  readonly status?: string;
  readonly steps?: readonly JsonRecord[];
  readonly stoppingPoint?: string;
  readonly pullRequests?: readonly JsonRecord[];
  readonly completesAt?: number;
}

/** Counted besides what the events themselves bring to `stats_v2`. */
export function addOutcomes(state: State, reference: ProjectReference, options: OutcomeOptions): void {
  const project = projectOf(state, reference);
  const to = options.to ?? state.clock.now();
  const from = options.from ?? to - hour;
  const hours = Math.max(1, Math.ceil((to - from) / hour));
  for (let index = 0; index < hours; index += 1) {
    const quantity =
      Math.round(((index + 1) * options.quantity) / hours) - Math.round((index * options.quantity) / hours);
    state.outcomes.push({
      project,
      outcome: options.outcome ?? 'accepted',
      reason: options.reason ?? 'none',
      category: options.category ?? 'error',
      quantity,
      at: from + index * hour,
    });
  }
}

/** Inbound filters by id, as `{ 'browser-extensions': true, 'legacy-browsers': ['ie9'] }`. */
export function setFilters(
  state: State,
  reference: ProjectReference,
  filters: Readonly<Record<string, boolean | readonly string[]>>,
): void {
  const project = projectOf(state, reference);
  project.filters = { ...project.filters, ...filters };
}

/** Puts the issue's Seer run (made when there is none) into a state. */
export function setSeer(state: State, issue: Issue, options: SeerOptions): SeerRun {
  const known = state.seer.find((each) => each.issue === issue);
  const run = known ?? createSeerRun(state, issue);
  run.status = options.status ?? run.status;
  run.steps = options.steps ? [...options.steps] : run.steps;
  run.stoppingPoint = options.stoppingPoint ?? run.stoppingPoint;
  run.pullRequests = options.pullRequests ? [...options.pullRequests] : run.pullRequests;
  run.completesAt = options.completesAt;
  run.updatedAt = state.clock.now();
  return run;
}

export function createSeerRun(state: State, issue: Issue): SeerRun {
  const number = state.nextId();
  const run: SeerRun = {
    runId: number,
    uuid: `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
    issue,
    status: 'PROCESSING',
    steps: [],
    updatedAt: state.clock.now(),
    completesAt: undefined,
    stoppingPoint: 'root_cause',
    pullRequests: [],
  };
  state.seer.push(run);
  return run;
}
