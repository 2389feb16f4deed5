import { count, type Finding } from '@cinecom/mcp-core';
import { cut } from '../../text/index.ts';
import type { Issue } from '../../model/issue.ts';

const mostOfAKind = 5;

/**
 * New, regressed and escalating issues as findings, those of most users first, at most five a kind. That an issue is new is
 * not told of one that stands among the findings for something worse: one trouble, one line.
 *
 * @param kinds.told ids of issues that other findings tell already
 * @param nameOf a short id that may stand in a call
 */
export function issueFindings(
  kinds: {
    readonly fresh: readonly Issue[];
    readonly regressed: readonly Issue[];
    readonly escalating: readonly Issue[];
    readonly told?: ReadonlySet<string>;
  },
  nameOf: (issue: Issue) => string | undefined,
): readonly Finding[] {
  const escalating = mostOf(kinds.escalating);
  const regressed = mostOf(kinds.regressed);
  const worse = new Set([...escalating, ...regressed].map(({ id }) => id));
  const merelyNew = kinds.fresh.filter(({ id }) => !worse.has(id) && kinds.told?.has(id) !== true);
  const of = (issues: readonly Issue[], rule: Rule) => issues.map((issue) => findingOf(issue, rule, nameOf(issue)));
  return [
    ...of(escalating, {
      id: 'escalating_issue',
      severity: () => 'warning',
      threshold: 'no faster than forecast',
    }),
    ...of(regressed, { id: 'regressed_issue', severity: () => 'warning', threshold: 'stays resolved' }),
    ...of(mostOf(merelyNew), {
      id: 'new_issue',
      severity: ({ isUnhandled, level }) => (isUnhandled === true || level === 'fatal' ? 'warning' : 'info'),
      threshold: 'none new',
    }),
  ];
}

function mostOf(issues: readonly Issue[]): readonly Issue[] {
  return issues
    .toSorted((left, right) => (right.users ?? 0) - (left.users ?? 0) || (right.events ?? 0) - (left.events ?? 0))
    .slice(0, mostOfAKind);
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
    object: `${issue.shortId} ${cut(title, 80)}`,
    evidence: [issue.isUnhandled === true ? 'unhandled' : issue.level, ...counts].filter(Boolean).join(', ') || '–',
    threshold,
    fix: 'Read it, then its causes',
    ...(name === undefined ? {} : { next: { tool: 'sentry_issue', args: { issue: name } } }),
  };
}
