import * as accounts from './accounts.ts';
import * as alerts from './alerts.ts';
import * as events from './events.ts';
import * as issues from './issues.ts';
import * as monitors from './monitors.ts';
import * as plainRows from './plain-rows.ts';
import * as releases from './releases.ts';
import * as spans from './spans.ts';
import type { State } from './state.ts';
import * as usage from './usage.ts';

const builders = {
  addOrganization: accounts.addOrganization,
  addTeam: accounts.addTeam,
  addMember: accounts.addMember,
  addProject: accounts.addProject,
  addKey: accounts.addKey,
  addIssue: issues.addIssue,
  addEvents: events.addEvents,
  addSpans: spans.addSpans,
  addTrace: spans.addTrace,
  addLogs: plainRows.addLogs,
  addUptimeChecks: plainRows.addUptimeChecks,
  addRelease: releases.addRelease,
  addSessions: releases.addSessions,
  addMonitor: monitors.addMonitor,
  addDetector: monitors.addDetector,
  addUptimeDetector: monitors.addUptimeDetector,
  addWorkflow: alerts.addWorkflow,
  addProjectRule: alerts.addProjectRule,
  addMetricRule: alerts.addMetricRule,
  addIntegration: alerts.addIntegration,
  addRepository: alerts.addRepository,
  addOutcomes: usage.addOutcomes,
  setFilters: usage.setFilters,
  setSeer: usage.setSeer,
};

type Builders = typeof builders;
type Bound = {
  readonly [Name in keyof Builders]: Builders[Name] extends (state: State, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/** The state behind the double, and what fills it. A project named that is not there is made; times are UTC ms. */
export interface World extends Bound {
  readonly state: State;
  readonly ingest: State['ingest'];
  readonly sampling: State['sampling'];
  readonly seer: State['seerBehaviour'];
  readonly discover: State['discover'];
}

/** A default organization `acme` exists. */
export function createWorld(state: State): World {
  const bound = Object.fromEntries(
    Object.entries(builders).map(([name, build]) => [
      name,
      (...rest: readonly unknown[]): unknown => (build as (...all: readonly unknown[]) => unknown)(state, ...rest),
    ]),
  ) as unknown as Bound;
  accounts.addOrganization(state, { slug: 'acme', name: 'Acme' });
  return {
    ...bound,
    state,
    ingest: state.ingest,
    sampling: state.sampling,
    seer: state.seerBehaviour,
    discover: state.discover,
  };
}
