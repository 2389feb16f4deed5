import { duration, type Severity } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { notRead, nothing, type Check } from './types.ts';

const rank: readonly (Severity | undefined)[] = [undefined, 'info', 'warning', 'critical'];

export const locks: Check = {
  name: 'locks',
  weight: 1.5,
  cheap: true,
  run({ locks: part }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('locks', part.missing);
    const { waits } = part.value;
    const longest = Math.max(0, ...waits.map((wait) => wait.waitMs));
    const byCount = grade(thresholds.lockWaiters, waits.length);
    const byTime = grade(thresholds.lockWaitMs, longest);
    const severity = rank.indexOf(byCount) > rank.indexOf(byTime) ? byCount : byTime;
    if (severity === undefined) return nothing;
    return {
      findings: [
        {
          id: 'lock_waits',
          severity,
          object: `${waits.length} sessions`,
          evidence: `${waits.length} wait for locks, the longest for ${duration(longest)}`,
          threshold: `${figure(thresholds.lockWaiters, severity)} waiting or ${duration(figure(thresholds.lockWaitMs, severity))}`,
          fix: 'Find the session at the root and what it does; end it if it is forgotten',
          next: { tool: 'pg_locks', args: {} },
        },
      ],
      notExamined: [],
    };
  },
};
