import { ToolError } from '@cinecom/mcp-core';

/** All that is ever asked of the API: method, path below `/api/0`, and the scope that it needs by the API's document. No other request can be formed, and none deletes. */
export const routes = {
  root: ['GET', '/', 'org:read'],
  organizations: ['GET', '/organizations/', 'org:read'],
  organization: ['GET', '/organizations/{organization}/', 'org:read'],
  projects: ['GET', '/organizations/{organization}/projects/', 'org:read'],
  environments: ['GET', '/organizations/{organization}/environments/', 'org:read'],
  members: ['GET', '/organizations/{organization}/members/', 'member:read'],
  issues: ['GET', '/organizations/{organization}/issues/', 'event:read'],
  changeIssues: ['PUT', '/organizations/{organization}/issues/', 'event:write'],
  issue: ['GET', '/organizations/{organization}/issues/{issue}/', 'event:read'],
  issueEvents: ['GET', '/organizations/{organization}/issues/{issue}/events/', 'event:read'],
  issueEvent: ['GET', '/organizations/{organization}/issues/{issue}/events/{event}/', 'event:read'],
  issueTag: ['GET', '/organizations/{organization}/issues/{issue}/tags/{key}/', 'event:read'],
  externalIssues: ['GET', '/organizations/{organization}/issues/{issue}/external-issues/', 'event:read'],
  autofix: ['GET', '/organizations/{organization}/issues/{issue}/autofix/', 'event:read'],
  startAutofix: ['POST', '/organizations/{organization}/issues/{issue}/autofix/', 'event:write'],
  shortId: ['GET', '/organizations/{organization}/shortids/{issue}/', 'event:read'],
  eventId: ['GET', '/organizations/{organization}/eventids/{event}/', 'org:read'],
  projectEvent: ['GET', '/projects/{organization}/{project}/events/{event}/', 'project:read'],
  events: ['GET', '/organizations/{organization}/events/', 'org:read'],
  timeseries: ['GET', '/organizations/{organization}/events-timeseries/', 'org:read'],
  eventsStats: ['GET', '/organizations/{organization}/events-stats/', 'org:read'],
  attributes: ['GET', '/organizations/{organization}/trace-items/attributes/', 'org:read'],
  trace: ['GET', '/organizations/{organization}/trace/{trace}/', 'org:read'],
  traceMeta: ['GET', '/organizations/{organization}/trace-meta/{trace}/', 'org:read'],
  releases: ['GET', '/organizations/{organization}/releases/', 'project:read'],
  release: ['GET', '/organizations/{organization}/releases/{version}/', 'project:read'],
  commits: ['GET', '/organizations/{organization}/releases/{version}/commits/', 'project:read'],
  commitFiles: ['GET', '/organizations/{organization}/releases/{version}/commitfiles/', 'project:releases'],
  deploys: ['GET', '/organizations/{organization}/releases/{version}/deploys/', 'project:read'],
  sessions: ['GET', '/organizations/{organization}/sessions/', 'org:read'],
  monitors: ['GET', '/organizations/{organization}/monitors/', 'org:read'],
  checkIns: ['GET', '/organizations/{organization}/monitors/{monitor}/checkins/', 'project:read'],
  detectors: ['GET', '/organizations/{organization}/detectors/', 'alerts:read'],
  workflows: ['GET', '/organizations/{organization}/workflows/', 'alerts:read'],
  createWorkflow: ['POST', '/organizations/{organization}/workflows/', 'alerts:write'],
  changeWorkflow: ['PUT', '/organizations/{organization}/workflows/{workflow}/', 'alerts:write'],
  projectRules: ['GET', '/projects/{organization}/{project}/rules/', 'alerts:read'],
  metricRules: ['GET', '/organizations/{organization}/alert-rules/', 'alerts:read'],
  integrations: ['GET', '/organizations/{organization}/integrations/', 'org:read'],
  repositories: ['GET', '/organizations/{organization}/repos/', 'org:read'],
  outcomes: ['GET', '/organizations/{organization}/stats_v2/', 'org:read'],
  projectKeys: ['GET', '/organizations/{organization}/project-keys/', 'org:read'],
  keys: ['GET', '/projects/{organization}/{project}/keys/', 'project:read'],
  filters: ['GET', '/projects/{organization}/{project}/filters/', 'project:read'],
} as const satisfies Readonly<Record<string, readonly ['GET' | 'POST' | 'PUT', string, string]>>;

export type RouteName = keyof typeof routes;
export type PathParts = Readonly<Record<string, string>>;

/**
 * The path of a route with its parts encoded.
 * @throws ToolError `invalid_input` for a part that an address would take for another path
 */
export function pathOf(route: RouteName, parts: PathParts): string {
  return `/api/0${routes[route][1]}`.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const part = parts[name] ?? '';
    // half of a pair, as a release may be named, cannot be written in an address
    if (part === '' || /^(\.|%2e){1,2}$/i.test(part) || /\p{Surrogate}/u.test(part)) {
      throw new ToolError('invalid_input', `${name} is no name that Sentry can be asked for`, {
        hint: 'Give the name as Sentry shows it.',
      });
    }
    return encodeURIComponent(part);
  });
}
