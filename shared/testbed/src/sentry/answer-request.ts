import { ApiError, forbidden, missing } from './api-error.ts';
import type { Clock } from './clock.ts';
import { openOracle } from './oracle/oracle.ts';
import type { Answer, Call, Route } from './route.ts';
import { createRouter } from './router.ts';
import { allRoutes } from './routes/all.ts';
import { wakeIssues } from './routes/issue-update.ts';
import type { Features } from './types.ts';
import type { Organization, Project } from './world/model.ts';
import type { State } from './world/state.ts';

export interface Incoming {
  readonly method: string;
  /** without base path */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

export interface ServerSettings {
  readonly state: State;
  readonly clock: Clock;
  readonly features: Features;
  readonly isSaas: boolean;
  readonly scopes: readonly string[];
  readonly token: string;
  baseUrl(): string;
  report(violation: string): void;
}

const route = createRouter(allRoutes);

function organizationFor(settings: ServerSettings, name: string | undefined): Organization | undefined {
  return settings.state.organizations.find((each) => each.slug === name || each.id === name);
}

/** @throws ApiError 404 or 403 for a project that is not there or not visible */
function projectFor(settings: ServerSettings, organization: Organization, name: string): Project {
  const project = settings.state.projects.find(
    (each) => each.organization === organization && (each.slug === name || each.id === name),
  );
  if (!project) throw missing();
  if (!project.visible) throw forbidden();
  return project;
}

function authenticate(settings: ServerSettings, authorization: string | undefined): void {
  if (authorization === undefined) throw new ApiError(401, 'Authentication credentials were not provided.');
  if (authorization !== `Bearer ${settings.token}`) throw new ApiError(401, 'Invalid token');
}

function callOf(settings: ServerSettings, incoming: Incoming, parameters: Readonly<Record<string, string>>): Call {
  const [slug, projectSlug] = [parameters['organization_id_or_slug'], parameters['project_id_or_slug']];
  const organization = organizationFor(settings, slug);
  if (slug !== undefined && !organization) throw missing();
  const project =
    organization && projectSlug !== undefined ? projectFor(settings, organization, projectSlug) : undefined;
  return {
    state: settings.state,
    features: settings.features,
    isSaas: settings.isSaas,
    baseUrl: settings.baseUrl(),
    scopes: settings.scopes,
    parameters,
    query: incoming.query,
    body: incoming.body,
    path: incoming.path,
    now: settings.clock.now(),
    // routes without these in their path do not read them
    organization: organization as Organization,
    project: project as Project,
    report: (violation) => settings.report(violation),
  };
}

function checkRequest(
  settings: ServerSettings,
  found: Route,
  incoming: Incoming,
  parameters: Call['parameters'],
): void {
  const legacyDataset =
    !settings.features.datasets && ['discover', 'transactions'].includes(incoming.query.get('dataset') ?? '');
  if (found.undocumented || legacyDataset) return;
  const problems = openOracle()?.checkRequest(incoming.method, found.template, { parameters, ...incoming }) ?? [];
  for (const problem of problems)
    settings.report(`request ${incoming.method} ${incoming.path}?${incoming.query.toString()}: ${problem}`);
}

function answerRoute(settings: ServerSettings, incoming: Incoming): Answer {
  if (incoming.method === 'DELETE') {
    settings.report(`DELETE ${incoming.path}`);
    throw new ApiError(405, 'Method "DELETE" not allowed.');
  }
  authenticate(settings, incoming.authorization);
  const match = route(incoming.method, incoming.path);
  if (match === undefined || match === 'method') {
    settings.report(`${incoming.method} ${incoming.path}: the double has no such route`);
    if (match === 'method') throw new ApiError(405, `Method "${incoming.method}" not allowed.`);
    throw missing();
  }
  const { parameters, route: found } = match;
  checkRequest(settings, found, incoming, parameters);
  if (found.feature && !settings.features[found.feature]) throw missing();
  if (found.scopes.length > 0 && !found.scopes.some((scope) => settings.scopes.includes(scope))) throw forbidden();
  wakeIssues(settings.state.issues, settings.clock.now());
  const answer = found.handle(callOf(settings, incoming, parameters));
  if (!found.undocumented) {
    const problems =
      openOracle()?.checkAnswer(incoming.method, found.template, answer.status ?? 200, answer.body) ?? [];
    for (const problem of problems) settings.report(`answer ${incoming.method} ${incoming.path}: ${problem}`);
  }
  return answer;
}

/** The answer to a request under `/api/0/`; refusals become answers too. */
export function answerRequest(settings: ServerSettings, incoming: Incoming): Answer {
  try {
    return answerRoute(settings, incoming);
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body };
    throw error;
  }
}
