import { count, duration, type Finding } from '@cinecom/mcp-core';
import type { UnacknowledgedIssue } from './find-unacknowledged.ts';

const mostFindings = 5;

/** The worst of what nobody has touched, as findings. @param list worst first */
export function unacknowledgedFindings(list: readonly UnacknowledgedIssue[]): readonly Finding[] {
  return list.slice(0, mostFindings).map(({ issue, level, ageMs, isAtMost, sloMinutes }) => ({
    id: 'unacknowledged_issue',
    severity: level === 'L3' ? 'critical' : 'warning',
    object: `${issue.shortId} ${(issue.title ?? '').slice(0, 100)}`,
    evidence: `${level}, nobody assigned, not seen for ${isAtMost ? 'at most ' : ''}${duration(ageMs)}, ${count(issue.users ?? 0)} users`,
    threshold: duration(sloMinutes * 60_000),
    fix: 'Assign it or open an incident',
  }));
}
