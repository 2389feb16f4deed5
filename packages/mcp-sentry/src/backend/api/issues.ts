import { isToolError, ToolError } from '@cinecom/mcp-core';
import type { SentryEvent } from '../../model/event.ts';
import type { Issue, Issues } from '../../model/issue.ts';
import type { Scope } from '../../model/scope.ts';
import type { SentryApi } from '../http/api.ts';
import type { Cleaning } from '../redaction.ts';
import { cleanEvent, cleanIssue, cleanRow } from './clean-event.ts';
import { eventOf, eventRowOf } from './event-of.ts';
import { issueOf } from './issue-of.ts';
import { referenceOf } from './issue-reference.ts';
import { fieldsOf, listOf, numberOf, textOf } from '../../model/told.ts';
import { environmentQuery, scopeQuery, withSpan } from './scope-query.ts';

const mostIdsAtOnce = 25;
const mostTagValues = 100;
/**
 * Matches no issue. Where none of the ids is in its projects (any more), Sentry changes whatever the query finds, and without
 * one everything that is unresolved.
 * @see update_groups_with_search_fn in Sentry's api/helpers/group_index/update.py
 */
const nothing = 'timesSeen:<0';

/** @param clean what events of users hold */
export function createIssues(api: SentryApi, url: string, clean: Cleaning): Issues {
  return {
    async search(scope, { query, sort = 'date', limit, cursor, span }, signal) {
      const asked = scopeQuery(scope);
      asked.set('query', query);
      asked.set('sort', sort);
      asked.set('limit', String(limit));
      if (cursor !== undefined) asked.set('cursor', cursor);
      if (span !== undefined) withSpan(asked, span);
      const { organization } = scope;
      const { body, headers, cursor: next } = await api.get('issues', { organization }, asked, signal);
      return {
        issues: listOf(body)
          .flatMap((item) => issueOf(item) ?? [])
          .map((issue) => cleanIssue(issue, clean)),
        total: numberOf(headers['x-hits']),
        cursor: next,
      };
    },
    find: async (scope, reference, signal) => cleanIssue(await find(api, url, scope, reference, signal), clean),
    async event({ organization, environments }, issue, which, signal) {
      const query = environmentQuery(environments);
      const read = (event: string) =>
        orNone(async () =>
          cleaned((await api.get('issueEvent', { organization, issue, event }, query, signal)).body, clean),
        );
      const found = await read(which);
      // older servers know no recommended event
      return found === undefined && which === 'recommended' ? read('latest') : found;
    },
    async events({ organization, environments }, issue, limit, signal) {
      const query = environmentQuery(environments);
      query.set('per_page', String(limit));
      const { body } = await api.get('issueEvents', { organization, issue }, query, signal);
      return listOf(body)
        .slice(0, limit)
        .flatMap((item) => eventRowOf(item) ?? [])
        .map((row) => cleanRow(row, clean));
    },
    async tagValues({ organization, environments }, issue, key, signal) {
      const query = environmentQuery(environments);
      const found = await orNone(
        async () => (await api.get('issueTag', { organization, issue, key }, query, signal)).body,
      );
      return listOf(fieldsOf(found)['topValues'])
        .slice(0, mostTagValues)
        .map((item) => {
          const { value, name, count } = fieldsOf(item);
          return { value: clean.byKey(key, textOf(value) ?? textOf(name) ?? ''), count: numberOf(count) ?? 0 };
        });
    },
    async externalLinks({ organization }, issue, signal) {
      const { body } = await api.get('externalIssues', { organization, issue }, new URLSearchParams(), signal);
      return listOf(body).flatMap((item) => {
        const { displayName, webUrl } = fieldsOf(item);
        const address = textOf(webUrl);
        return address === undefined ? [] : [{ name: textOf(displayName) ?? address, url: address }];
      });
    },
    async change(scope, ids, change, signal) {
      checkIds(ids);
      const query = scopeQuery({ ...scope, environments: [] });
      for (const id of ids) query.append('id', id);
      query.set('query', nothing);
      await api.change('changeIssues', { organization: scope.organization }, query, change, signal);
    },
    eventOfProject: (organization, project, event, signal) =>
      orNone(async () =>
        cleaned(
          (await api.get('projectEvent', { organization, project, event }, new URLSearchParams(), signal)).body,
          clean,
        ),
      ),
    issueOfEvent: (organization, event, signal) =>
      orNone(async () => {
        const { body } = await api.get('eventId', { organization, event }, new URLSearchParams(), signal);
        return textOf(fieldsOf(body)['groupId']);
      }),
  };
}

function cleaned(body: unknown, clean: Cleaning): SentryEvent | undefined {
  const event = eventOf(body);
  return event === undefined ? undefined : cleanEvent(event, clean);
}

/** A PUT without ids changes every issue of the organisation. */
function checkIds(ids: readonly string[]): void {
  if (ids.length === 0 || ids.length > mostIdsAtOnce || !ids.every((id) => /^\d{1,20}$/.test(id))) {
    throw new ToolError('invalid_input', `issues are changed by 1 to ${mostIdsAtOnce} numeric ids at once`, {
      applied: 'no',
    });
  }
}

async function find(api: SentryApi, url: string, scope: Scope, reference: string, signal: AbortSignal): Promise<Issue> {
  const { organization } = scope;
  const known = referenceOf(reference, url);
  const id = 'id' in known ? known.id : await idOfShortId(api, organization, known.shortId, signal);
  const query = new URLSearchParams([['expand', 'owners']]);
  const issue = issueOf((await api.get('issue', { organization, issue: id }, query, signal)).body);
  if (issue === undefined) throw new ToolError('backend_not_found', 'Sentry tells no such issue');
  const isInside = !scope.isCut || scope.projects.some((project) => project.id === issue.projectId);
  if (isInside) return issue;
  throw new ToolError('out_of_scope', 'the issue belongs to a project outside --project (SENTRY_PROJECT)', {
    hint: 'Ask for an issue of the projects in scope; sentry_projects lists them.',
  });
}

async function idOfShortId(
  api: SentryApi,
  organization: string,
  shortId: string,
  signal: AbortSignal,
): Promise<string> {
  const { body } = await api.get('shortId', { organization, issue: shortId }, new URLSearchParams(), signal);
  const told = fieldsOf(body);
  const id = textOf(told['groupId']) ?? textOf(fieldsOf(told['group'])['id']);
  if (id !== undefined) return id;
  throw new ToolError('backend_not_found', 'Sentry tells no issue of this short id');
}

/** What is not there (yet) is no error. */
async function orNone<Value>(read: () => Promise<Value | undefined>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isToolError(error) && error.code === 'backend_not_found') return undefined;
    throw error;
  }
}
