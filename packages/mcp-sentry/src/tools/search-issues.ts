import { counted, nextCall, outside, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { plainName } from '../text/index.ts';
import { issueColumns, issueRow, issueRowOf } from './issue-rows.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { spanOf, windowOf } from './times.ts';
import { pageOf, renderSource, scopeOfPage, source, sourceOf } from './web-link.ts';

export const searchIssues = defineTool({
  name: 'sentry_search_issues',
  title: 'Search issues',
  description:
    "Issues by Sentry's own search syntax: errors, exceptions, new, regressed, by level, priority, release, tag. Lists users, events, first and last seen, assignee.",
  searchHint: 'find errors exceptions bugs crashes issue list unresolved regressed エラー 例外 検索 一覧',
  risk: 'read',
  input: z.strictObject({
    query: z.string().max(500).default('is:unresolved').describe('is:unresolved level:fatal release:v1'),
    sort: z.enum(['date', 'freq', 'recommended', 'trends', 'user', 'new', 'inbox']).default('date'),
    limit: z.int().min(1).max(100).default(20),
    cursor: z.string().max(400).optional(),
    from: z.string().max(40).default('now-14d'),
    to: z.string().max(40).default('now'),
    ...scopeInput,
  }),
  output: z.strictObject({
    total: z.int().optional(),
    issues: z.array(issueRow),
    cursor: z.string().optional(),
    first: z.string().optional().describe('issue for the next call'),
    query: outside(z.string()),
    window: z.string(),
    source,
  }),
  async handle({ query, sort, limit, cursor, from, to, ...input }, call) {
    const scope = await scopeOf(input, call);
    const span = spanOf({ from, to }, call);
    const found = await call.backend.issues.search(scope, { query, sort, limit, cursor, span }, call.signal);
    const first = plainName(found.issues[0]?.shortId);
    const web = pageOf('/issues/', [['query', query], ...scopeOfPage(scope, span, { from, to })]);
    return {
      ...(found.total === undefined ? {} : { total: found.total }),
      issues: found.issues.map((issue) => issueRowOf(issue, call.clock.now())),
      ...(found.cursor === undefined ? {} : { cursor: found.cursor }),
      ...(first === undefined ? {} : { first }),
      query,
      window: windowOf(span),
      source: sourceOf(call.backend.url, scope.organization, web, `GET organizations/${scope.organization}/issues/`),
    };
  },
  render({ total, issues, cursor, first, query, window, source: from }) {
    const all = total === undefined ? '' : ` of ${total}`;
    const more = cursor === undefined ? '' : `\nMore: cursor ${JSON.stringify(cursor)}`;
    const next = first === undefined ? '' : `\n\n${nextCall('sentry_issue', { issue: first })}`;
    const head = issues.length === 0 ? 'No issue' : `${counted(issues.length, 'issue')}${all}`;
    const rows = issues.length === 0 ? '' : `\n\n${table(issues, issueColumns)}`;
    return `${head} for ${query}\nWindow: ${window}${rows}${more}\n\n${renderSource(from)}${next}`;
  },
});
