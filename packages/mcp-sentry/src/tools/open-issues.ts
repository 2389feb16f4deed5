import type { NotExamined } from '@cinecom/mcp-core';
import type { Issue, IssueSort } from '../model/issue.ts';
import type { Scope } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

/** What may be unacknowledged; levels are told apart by what issues tell, since older servers know no priority to ask for. */
export const openQuery = 'is:unresolved is:unassigned';
const pageSize = 100;

export interface OpenIssues {
  readonly issues: readonly Issue[];
  /** There are more. */
  readonly isCut: boolean;
}

/** @param order.pages at most so many requests, of a hundred issues each */
export async function openIssues(
  scope: Scope,
  { sort, pages }: { readonly sort: IssueSort; readonly pages: number },
  { backend, signal }: SentryCall,
): Promise<OpenIssues> {
  const issues: Issue[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const found = await backend.issues.search(scope, { query: openQuery, sort, limit: pageSize, cursor }, signal);
    issues.push(...found.issues);
    cursor = found.cursor;
    if (cursor === undefined) return { issues, isCut: false };
  }
  return { issues, isCut: true };
}

/** Unassigned issues that were not looked at. @param which of them were: `of most users`, `last seen` */
export function beyondOpen(open: OpenIssues | undefined, which: string): readonly NotExamined[] {
  if (open?.isCut !== true) return [];
  const why = `only the ${open.issues.length} ${which} were looked at; name projects`;
  return [{ what: 'more unassigned issues', why }];
}
