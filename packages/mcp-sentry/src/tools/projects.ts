import { numberAt } from '../analysis/query/number-at.ts';
import { attempt, counted, nextCall, outside, type NotExamined, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import { missingScopes, toolScopes } from '../analysis/access/missing-scopes.ts';
import { wholeCount } from '../analysis/fleet/whole-count.ts';
import { capabilityNames, type CapabilityName } from '../analysis/access/capability-names.ts';
import { defineTool } from '../tool.ts';
import { agoOf } from './issue-rows.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';
import type { Project, Scope } from '../model/scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const dayMs = 86_400_000;
const mostRows = 50;

export const projects = defineTool({
  name: 'sentry_projects',
  title: 'Projects and access',
  description:
    'Projects in scope with platform, teams, last event and active keys; what this Sentry can do, and which token scopes are missing for which tools.',
  searchHint: 'list projects teams platforms permissions scopes capabilities self-hosted プロジェクト 一覧 権限',
  risk: 'read',
  input: z.strictObject({
    match: z.string().max(100).optional().describe('part of a slug'),
    organization: scopeInput.organization,
  }),
  output: z.strictObject({
    organization: outside(z.string()),
    server: z.string(),
    total: z.int(),
    projects: z.array(
      z.strictObject({
        project: outside(z.string()),
        platform: outside(z.string()),
        teams: outside(z.string()),
        events24h: z.string(),
        lastEvent: z.string(),
        keys: z.string(),
        release: outside(z.string()),
      }),
    ),
    capabilities: z.string(),
    missing: z.array(z.string()),
    notExamined: z.array(z.strictObject({ what: z.string(), why: z.string() })),
    source,
  }),
  async handle({ match = '', ...input }, call) {
    const scope = await scopeOf(input, call);
    const now = call.clock.now();
    const matching = scope.projects.filter(({ slug }) => slug.includes(match.toLowerCase()));
    const shown = matching.slice(0, mostRows);
    const { backend, signal } = call;
    const [events, keys, access, capabilities] = await Promise.all([
      attempt('events of 24 h', eventsOf(shown, scope, call)),
      attempt('client keys', backend.usage.keys(scope, signal)),
      attempt('token scopes', backend.access(signal)),
      capabilityText(scope.organization, call),
    ]);
    const missing: readonly NotExamined[] = [events, keys, access].flatMap((part) => part.missing);
    const held = access.value?.scopes;
    return {
      organization: scope.organization,
      server: `${backend.url} (${access.value?.kind ?? 'unknown'})`,
      total: matching.length,
      projects: shown.map((project) => {
        const known = events.value?.get(project.slug);
        const own = keys.value?.filter(({ projectId }) => projectId === project.id);
        return {
          project: project.slug,
          platform: project.platform ?? '–',
          teams: project.teams.join(', '),
          events24h: events.value === undefined ? '–' : String(known?.events ?? 0),
          lastEvent: known === undefined ? '–' : agoOf(known.last, now),
          keys: own === undefined ? '–' : `${own.filter(({ isActive }) => isActive).length} of ${own.length}`,
          release: project.latestRelease ?? '–',
        };
      }),
      capabilities,
      missing: held === undefined ? [] : missingScopes(held, toolScopes),
      notExamined: missing.map(({ what, why }) => ({ what, why })),
      source: sourceOf(
        backend.url,
        scope.organization,
        '/insights/projects/',
        `GET organizations/${scope.organization}/projects/, events/, project-keys/`,
      ),
    };
  },
  render({ organization, server, total, projects: rows, capabilities, missing, notExamined, source: from }) {
    const cut = total > rows.length ? `\n${total - rows.length} more: narrow by match.` : '';
    return [
      `${counted(total, 'project')} of ${organization} at ${server}`,
      '',
      `${table(rows, ['project', 'platform', 'teams', 'events24h', 'lastEvent', 'keys', 'release'])}${cut}`,
      '',
      `This Sentry has: ${capabilities}`,
      ...missing.map((line) => `Missing: ${line}`),
      ...notExamined.map(({ what, why }) => `Not examined: ${what} (${why})`),
      '',
      renderSource(from),
      '',
      nextCall('sentry_overview'),
    ].join('\n');
  },
});

/** Of the projects that are shown, fewer than an answer of Sentry holds. */
async function eventsOf(
  shown: readonly Project[],
  scope: Scope,
  { backend, clock, signal }: SentryCall,
): Promise<ReadonlyMap<string, { readonly events: number; readonly last: number | undefined }>> {
  const span = { start: clock.now() - dayMs, end: clock.now() };
  const fields = ['project', 'count()', 'last_seen()'];
  if (shown.length === 0) return new Map();
  const isAll = shown.length === scope.projects.length;
  const { rows } = await backend.queries.table(
    isAll ? scope : { ...scope, projects: shown, isCut: true },
    { dataset: 'errors', fields, sort: '-count()', limit: 100, span },
    signal,
  );
  return new Map(
    rows.map((row) => {
      const last = Date.parse(String(row.get('last_seen()') ?? ''));
      const events = wholeCount(numberAt(row, 'count()'));
      return [String(row.get('project') ?? ''), { events, last: Number.isNaN(last) ? undefined : last }] as const;
    }),
  );
}

/** `sessions, monitors; not workflows; forbidden outcomes`. */
async function capabilityText(organization: string, { backend, signal }: SentryCall): Promise<string> {
  const found = await Promise.all(
    capabilityNames.map(async (name): Promise<readonly [CapabilityName, string]> => {
      const { value } = await attempt(name, backend.capability(organization, name, signal));
      return [name, value ?? 'unknown'];
    }),
  );
  const of = (state: string) => found.filter(([, is]) => is === state).map(([name]) => name);
  const parts = [
    ['', of('present')],
    ['not ', of('absent')],
    ['no scope for ', of('forbidden')],
    ['unknown: ', of('unknown')],
  ] as const;
  return parts
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${word}${names.join(', ')}`)
    .join('; ');
}
