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

/** Visible events of the issue, oldest first within each run. */
function placesOf(issue: Issue, now: number, environments: readonly string[] = []): readonly EventPlace[] {
  return issue.runs.flatMap((run) => {
    if (!run.isVisible()) return [];
    if (environments.length > 0 && !environments.includes(String(run.constants.get('environment') ?? ''))) return [];
    const end = lowerBound(run.at, now + 1);
    return Array.from({ length: end }, (_, index) => ({ run, index }));
  });
}

const timeAt = ({ run, index }: EventPlace): number => run.at[index] ?? 0;
const idAt = (place: EventPlace | undefined): string | null => (place ? place.run.idOf(place.index) : null);

function neighboursOf(place: EventPlace, all: readonly EventPlace[]): Neighbours {
  const ordered = all.toSorted((left, right) => timeAt(left) - timeAt(right));
  const position = ordered.findIndex((each) => each.run === place.run && each.index === place.index);
  return { previous: idAt(ordered[position - 1]), next: idAt(ordered[position + 1]) };
}

/** Recommended is the newest that has most to show. */
function pick(places: readonly EventPlace[], which: string): EventPlace | undefined {
  const ordered = places.toSorted((left, right) => timeAt(left) - timeAt(right));
  if (which === 'latest') return ordered.at(-1);
  if (which === 'oldest') return ordered[0];
  if (which !== 'recommended') return places.find((place) => idAt(place) === which);
  const richness = ({ run }: EventPlace): number =>
    (run.detail.breadcrumbs ? 1 : 0) + (run.constants.get('trace') ? 1 : 0) + (run.constants.get('replayId') ? 1 : 0);
  const most = Math.max(0, ...new Set(ordered.map(richness)));
  return ordered.findLast((place) => richness(place) === most);
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
  const places = placesOf(issue, call.now, environmentsOf(call));
  const place = pick(places, call.parameters['event_id'] ?? '');
  if (!place) throw missing();
  const format = call.query.get('llmFormat');
  const formatted = format === null ? {} : { formatted: formatEvent(place, format) };
  return { body: { ...showEvent(place, neighboursOf(place, places)), ...formatted } };
}

function findPlace(call: Call, accepts: (run: IssueRun) => boolean): EventPlace {
  const id = (call.parameters['event_id'] ?? '').replaceAll('-', '').toLowerCase();
  for (const run of call.state.errors) {
    if (!run.isVisible() || !accepts(run)) continue;
    const end = lowerBound(run.at, call.now + 1);
    for (let index = 0; index < end; index += 1) if (run.idOf(index) === id) return { run, index };
  }
  throw missing();
}

function getProjectEvent(call: Call): Answer {
  const place = findPlace(call, (run) => run.project === call.project);
  return { body: showEvent(place, neighboursOf(place, placesOf(place.run.issue, call.now))) };
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
