import { count, type Finding } from '@cinecom/mcp-core';
import type { Issue } from '../../model/issue.ts';

const mostOfAKind = 5;

/** New, regressed and escalating issues as findings, those of most users first, at most five a kind. @param nameOf a short id that may stand in a call */
export function issueFindings(
  kinds: {
    readonly fresh: readonly Issue[];
    readonly regressed: readonly Issue[];
    readonly escalating: readonly Issue[];
  },
  nameOf: (issue: Issue) => string | undefined,
): readonly Finding[] {
  const of = (issues: readonly Issue[], rule: Rule) =>
    issues
      .toSorted((left, right) => (right.users ?? 0) - (left.users ?? 0) || (right.events ?? 0) - (left.events ?? 0))
      .slice(0, mostOfAKind)
      .map((issue) => findingOf(issue, rule, nameOf(issue)));
  return [
    ...of(kinds.escalating, {
      id: 'escalating_issue',
      severity: () => 'warning',
      threshold: 'no faster than forecast',
    }),
    ...of(kinds.regressed, { id: 'regressed_issue', severity: () => 'warning', threshold: 'stays resolved' }),
    ...of(kinds.fresh, {
      id: 'new_issue',
      severity: ({ isUnhandled, level }) => (isUnhandled === true || level === 'fatal' ? 'warning' : 'info'),
      threshold: 'none new',
    }),
  ];
}

interface Rule {
  readonly id: string;
  readonly severity: (issue: Issue) => Finding['severity'];
  readonly threshold: string;
}

function findingOf(issue: Issue, { id, severity, threshold }: Rule, name: string | undefined): Finding {
  const counts = [
    issue.users === undefined ? '' : `${count(issue.users)} users`,
    issue.events === undefined ? '' : `${count(issue.events)} events`,
  ].filter((part) => part !== '');
  const title = issue.title ?? issue.exceptionType ?? 'untitled';
  return {
    id,
    severity: severity(issue),
    object: `${issue.shortId} ${title.slice(0, 100)}`,
    evidence: [issue.isUnhandled === true ? 'unhandled' : issue.level, ...counts].filter(Boolean).join(', ') || '–',
    threshold,
    fix: 'Read it, then its causes',
    ...(name === undefined ? {} : { next: { tool: 'sentry_issue', args: { issue: name } } }),
  };
}
