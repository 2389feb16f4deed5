import {
  formatEvent,
  type EventPlace,
  type Neighbours,
  showEvent,
  showListedEvent,
  showPlainEvent,
} from '../answers/event.ts';
import { missing } from '../api-error.ts';
import { answerPage, pageOf } from '../paging.ts';
import { type Answer, type Call, organizationPath, projectPath, type Route, scopes } from '../route.ts';
import { environmentsOf, issueOf } from '../scope.ts';
import { parseQuery } from '../search/parse.ts';
import { select } from '../search/select.ts';
import { windowOf } from '../search/window.ts';
import type { IssueRun } from '../world/event-detail.ts';
import type { Issue } from '../world/model.ts';
import { lowerBound } from '../world/rows.ts';

const timeAt = ({ run, index }: EventPlace): number => run.at[index] ?? 0;
const idAt = (place: EventPlace | undefined): string | null => (place ? place.run.idOf(place.index) : null);

function visibleRuns(issue: Issue, now: number, environments: readonly string[] = []): readonly IssueRun[] {
  const isAsked = (run: IssueRun): boolean =>
    environments.length === 0 || environments.includes(String(run.constants.get('environment') ?? ''));
  return issue.runs.filter((run) => run.isVisible() && isAsked(run) && (run.at[0] ?? Infinity) <= now);
}

function first(places: readonly EventPlace[]): EventPlace | undefined {
  return places.toSorted((left, right) => timeAt(left) - timeAt(right))[0];
}

function last(places: readonly EventPlace[]): EventPlace | undefined {
  return places.toSorted((left, right) => timeAt(right) - timeAt(left))[0];
}

function lastOf(runs: readonly IssueRun[], now: number): EventPlace | undefined {
  return last(runs.map((run) => ({ run, index: lowerBound(run.at, now + 1) - 1 })));
}

/** Of events at the same moment those of other runs come after. */
function neighboursOf(place: EventPlace, runs: readonly IssueRun[], now: number): Neighbours {
  const at = timeAt(place);
  const limits = runs.map((run) => {
    const isOwn = run === place.run;
    const from = lowerBound(run.at, at);
    return { run, before: isOwn ? place.index - 1 : from - 1, after: isOwn ? place.index + 1 : from };
  });
  const before = limits.map(({ run, before: index }) => ({ run, index })).filter(({ index }) => index >= 0);
  const after = limits
    .map(({ run, after: index }) => ({ run, index }))
    .filter(({ run, index }) => (run.at[index] ?? Infinity) <= now);
  return { previous: idAt(last(before)), next: idAt(first(after)) };
}

const richnessOf = ({ constants, detail }: IssueRun): number =>
  (detail.breadcrumbs ? 1 : 0) + (constants.get('trace') ? 1 : 0) + (constants.get('replayId') ? 1 : 0);

/** Recommended is the newest of those that have most to show. */
function pick(runs: readonly IssueRun[], which: string, now: number): EventPlace | undefined {
  if (which === 'latest') return lastOf(runs, now);
  if (which === 'oldest') return first(runs.map((run) => ({ run, index: 0 })));
  if (which === 'recommended') {
    const most = Math.max(0, ...runs.map(richnessOf));
    return lastOf(
      runs.filter((run) => richnessOf(run) === most),
      now,
    );
  }
  const found = runs.map((run) => ({ run, index: run.indexOf(which) })).find(({ index }) => index >= 0);
  return found && timeAt(found) <= now ? found : undefined;
}

function listEvents(call: Call): Answer {
  const issue = issueOf(call);
  const scope = {
    projects: new Set([issue.project]),
    environments: environmentsOf(call),
    query: parseQuery(call.query.get('query') ?? ''),
  };
  const places: EventPlace[] = [];
  for (const selection of select(issue.runs, scope, windowOf(call.query, call.now), call.now)) {
    const run = selection.run as IssueRun;
    for (let index = selection.first; index < selection.end; index += 1)
      if (!selection.accepts || selection.accepts(index)) places.push({ run, index });
  }
  const ordered = places.toSorted((left, right) => timeAt(right) - timeAt(left));
  const isFull = call.query.get('full') === 'true' || call.query.get('full') === '1';
  return answerPage(
    call,
    ordered,
    (place) => (isFull ? { ...showPlainEvent(place), ...showListedEvent(place) } : showListedEvent(place)),
    pageOf(call),
  );
}

function getEvent(call: Call): Answer {
  const issue = issueOf(call);
  const runs = visibleRuns(issue, call.now, environmentsOf(call));
  const which = call.parameters['event_id'] ?? '';
  const place = which === 'recommended' && !call.features.recommendedEvent ? undefined : pick(runs, which, call.now);
  if (!place) throw missing();
  const format = call.query.get('llmFormat');
  const formatted = format === null ? {} : { formatted: formatEvent(place, format) };
  return { body: { ...showEvent(place, neighboursOf(place, runs, call.now)), ...formatted } };
}

function findPlace(call: Call, accepts: (run: IssueRun) => boolean): EventPlace {
  const id = (call.parameters['event_id'] ?? '').replaceAll('-', '').toLowerCase();
  for (const run of call.state.errors) {
    if (!run.isVisible() || !accepts(run)) continue;
    const index = run.indexOf(id);
    if (index >= 0 && (run.at[index] ?? Infinity) <= call.now) return { run, index };
  }
  throw missing();
}

function getProjectEvent(call: Call): Answer {
  const place = findPlace(call, (run) => run.project === call.project);
  return { body: showEvent(place, neighboursOf(place, visibleRuns(place.run.issue, call.now), call.now)) };
}

function resolveEventId(call: Call): Answer {
  const place = findPlace(call, (run) => run.project.organization === call.organization && run.project.visible);
  const { project, issue } = place.run;
  return {
    body: {
      organizationSlug: call.organization.slug,
      projectSlug: project.slug,
      groupId: issue.id,
      eventId: idAt(place),
      event: showPlainEvent(place),
    },
  };
}

export const eventRoutes: readonly Route[] = [
  { method: 'GET', template: `${organizationPath}issues/{issue_id}/events/`, scopes: scopes.event, handle: listEvents },
  {
    method: 'GET',
    template: `${organizationPath}issues/{issue_id}/events/{event_id}/`,
    scopes: scopes.event,
    handle: getEvent,
  },
  {
    method: 'GET',
    template: `${projectPath}events/{event_id}/`,
    scopes: scopes.project,
    handle: getProjectEvent,
  },
  {
    method: 'GET',
    template: `${organizationPath}eventids/{event_id}/`,
    scopes: scopes.organization,
    handle: resolveEventId,
  },
];
