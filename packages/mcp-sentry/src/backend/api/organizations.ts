import type { Organization, Project } from '../../model/scope.ts';
import { paged, type SentryApi } from '../http/api.ts';
import { fieldsOf, listOf, textOf, textsOf, timeOf } from '../../model/told.ts';

const mostProjects = 1000;

export async function readOrganizations(api: SentryApi, signal: AbortSignal): Promise<readonly Organization[]> {
  const items = await api.all('organizations', {}, paged(), mostProjects, signal);
  return items.flatMap((item) => {
    const { slug, name } = fieldsOf(item);
    const known = textOf(slug);
    return known === undefined ? [] : [{ slug: known, name: textOf(name) }];
  });
}

export async function readProjects(
  api: SentryApi,
  organization: string,
  signal: AbortSignal,
): Promise<readonly Project[]> {
  const items = await api.all('projects', { organization }, paged(), mostProjects, signal);
  return items.flatMap((item) => projectOf(item) ?? []);
}

function projectOf(item: unknown): Project | undefined {
  const { id, slug, platform, teams, team, firstEvent, latestRelease, environments } = fieldsOf(item);
  const [knownId, knownSlug] = [textOf(id), textOf(slug)];
  if (knownId === undefined || knownSlug === undefined) return undefined;
  const told = [...listOf(teams), team].map(fieldsOf);
  const named = told.flatMap((one) => textOf(one['slug']) ?? []);
  const ids = told.flatMap((one) => {
    const [name, number] = [textOf(one['slug']), textOf(one['id'])];
    return name === undefined || number === undefined ? [] : [[name, number] as const];
  });
  return {
    id: knownId,
    slug: knownSlug,
    platform: textOf(platform),
    teams: [...new Set(named)],
    teamIds: new Map(ids),
    firstEventAt: timeOf(firstEvent),
    latestRelease: textOf(fieldsOf(latestRelease)['version']),
    environments: Array.isArray(environments) ? textsOf(environments) : undefined,
  };
}
