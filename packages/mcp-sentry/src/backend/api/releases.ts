import type { Commit, CommitFile, Deploy, Release, Releases, SessionCount } from '../../model/release.ts';
import { ToolError } from '@cinecom/mcp-core';
import type { Scope } from '../../model/scope.ts';
import { wholeHours } from '../../analysis/whole-hours.ts';
import type { SentryApi } from '../http/api.ts';
import { fieldsOf, listOf, numberOf, textOf, timeOf } from '../../model/told.ts';
import { scopeQuery, withSpan } from './scope-query.ts';

const most = { deploys: 100, commits: 300, files: 1000 };

export function createReleases(api: SentryApi): Releases {
  return {
    async list(scope, { query, limit }, signal) {
      const asked = scopeQuery(scope);
      asked.set('per_page', String(limit));
      if (query !== undefined) asked.set('query', query);
      const { body } = await api.get('releases', { organization: scope.organization }, asked, signal);
      return listOf(body)
        .slice(0, limit)
        .flatMap((item) => releaseOf(item) ?? []);
    },
    async find(scope, version, signal) {
      const { organization } = scope;
      const { body } = await api.get('release', { organization, version }, new URLSearchParams(), signal);
      const release = releaseOf(body);
      if (release === undefined) throw new ToolError('backend_not_found', 'Sentry tells no such release');
      checkScope(release, scope);
      return release;
    },
    async deploys({ organization }, version, signal) {
      const all = await api.all('deploys', { organization, version }, new URLSearchParams(), most.deploys, signal);
      return all.map(deployOf);
    },
    async commits({ organization }, version, signal) {
      const all = await api.all('commits', { organization, version }, new URLSearchParams(), most.commits, signal);
      return all.flatMap((item) => commitOf(item) ?? []);
    },
    async commitFiles({ organization }, version, signal) {
      const all = await api.all('commitFiles', { organization, version }, new URLSearchParams(), most.files, signal);
      return all.flatMap((item) => commitFileOf(item) ?? []);
    },
    async sessions(scope, { by, span, query }, signal) {
      const asked = withSpan(scopeQuery(scope), wholeHours(span));
      for (const field of ['sum(session)', 'crash_free_rate(session)']) asked.append('field', field);
      asked.set('groupBy', by);
      asked.set('interval', '1h');
      asked.set('includeSeries', '0');
      asked.set('per_page', '100');
      if (query !== undefined) asked.set('query', query);
      const { body } = await api.get('sessions', { organization: scope.organization }, asked, signal);
      return listOf(fieldsOf(body)['groups']).map(sessionCountOf);
    },
  };
}

/** The route knows no projects: commits and deploys of any release of the organisation would be told. */
function checkScope({ projects }: Release, scope: Scope): void {
  if (!scope.isCut || projects.some((slug) => scope.projects.some((project) => project.slug === slug))) return;
  throw new ToolError('out_of_scope', 'the release is of no project in scope', {
    hint: 'Ask for a release of these projects; version latest finds theirs.',
  });
}

function releaseOf(item: unknown): Release | undefined {
  const told = fieldsOf(item);
  const version = textOf(told['version']);
  if (version === undefined) return undefined;
  return {
    version,
    shortVersion: textOf(told['shortVersion']),
    createdAt: timeOf(told['dateCreated']),
    releasedAt: timeOf(told['dateReleased']),
    firstEventAt: timeOf(told['firstEvent']),
    newIssues: numberOf(told['newGroups']),
    commits: numberOf(told['commitCount']),
    projects: listOf(told['projects']).flatMap((project) => textOf(fieldsOf(project)['slug']) ?? []),
  };
}

function deployOf(item: unknown): Deploy {
  const told = fieldsOf(item);
  return {
    environment: textOf(told['environment']),
    finishedAt: timeOf(told['dateFinished']) ?? timeOf(told['dateStarted']),
    name: textOf(told['name']),
  };
}

function commitOf(item: unknown): Commit | undefined {
  const told = fieldsOf(item);
  const id = textOf(told['id']);
  if (id === undefined) return undefined;
  return {
    id,
    message: textOf(told['message']),
    author: textOf(fieldsOf(told['author'])['name']),
    at: timeOf(told['dateCreated']),
  };
}

function commitFileOf(item: unknown): CommitFile | undefined {
  const told = fieldsOf(item);
  const path = textOf(told['filename']);
  if (path === undefined) return undefined;
  return {
    path,
    change: textOf(told['type']),
    author: textOf(fieldsOf(told['author'])['name']),
    message: textOf(told['commitMessage']),
    repository: textOf(told['repoName']),
  };
}

function sessionCountOf(item: unknown): SessionCount {
  const told = fieldsOf(item);
  const [by, totals] = [fieldsOf(told['by']), fieldsOf(told['totals'])];
  return {
    release: textOf(by['release']),
    project: textOf(by['project']),
    sessions: numberOf(totals['sum(session)']) ?? 0,
    crashFree: numberOf(totals['crash_free_rate(session)']),
  };
}
