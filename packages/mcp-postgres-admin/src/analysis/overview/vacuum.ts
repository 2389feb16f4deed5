import type { Finding } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import type { TableVacuum } from '../../model/vacuum.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { judgeDisabled, namesOf } from '../vacuum/disabled.ts';
import { overdueRatio } from '../vacuum/overdue.ts';
import { notRead, nothing, type Check } from './types.ts';

export const vacuum: Check = {
  name: 'vacuum',
  weight: 1,
  cheap: true,
  run({ vacuum: part }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('vacuum queue', part.missing);
    const due = part.value.filter((table) => overdueRatio(table) > 1);
    return {
      findings: [...queue(due), ...judgeDisabled(part.value)],
      notExamined: [],
      note: `${due.length} tables due for vacuum`,
    };
  },
};

function queue(due: readonly TableVacuum[]): readonly Finding[] {
  const severity = grade(thresholds.vacuumQueue, due.length);
  if (severity === undefined) return [];
  const worst = due.toSorted((a, b) => overdueRatio(b) - overdueRatio(a) || (a.table < b.table ? -1 : 1));
  return [
    {
      id: 'vacuum_queue',
      severity,
      object: `${due.length} tables`,
      evidence: `past their own autovacuum trigger: ${namesOf(worst.map(({ table }) => table))}`,
      threshold: `${figure(thresholds.vacuumQueue, severity)} tables`,
      fix: 'See whether something holds the horizon; else more or faster autovacuum workers',
      next: { tool: 'pg_vacuum', args: {} },
    },
  ];
}
