import { bytes, count, type Finding } from '@cinecom/mcp-core';
import type { TableVacuum } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { notRead, nothing, type Check } from './types.ts';

/** How many times past its trigger a table is; ≤1 = not due. */
export function overdueRatio(table: TableVacuum): number {
  const dead = table.trigger > 0 ? table.deadTuples / table.trigger : 0;
  const inserted = table.insertTrigger !== null && table.insertTrigger > 0 ? table.inserted / table.insertTrigger : 0;
  return Math.max(dead, inserted);
}

export const vacuum: Check = {
  name: 'vacuum',
  weight: 1,
  cheap: true,
  run({ vacuum: part }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('vacuum queue', part.missing);
    const due = part.value.filter((table) => overdueRatio(table) > 1);
    return {
      findings: [...queue(due), ...disabled(part.value)],
      notExamined: [],
      note: `${due.length} tables due for vacuum`,
    };
  },
};

function queue(due: readonly TableVacuum[]): readonly Finding[] {
  const severity = grade(thresholds.vacuumQueue, due.length);
  if (severity === undefined) return [];
  const [worst] = due.toSorted((a, b) => overdueRatio(b) - overdueRatio(a));
  const first = worst === undefined ? '' : `, first ${worst.table} with ${count(worst.deadTuples)} dead tuples`;
  return [
    {
      id: 'vacuum_queue',
      severity,
      object: `${due.length} tables`,
      evidence: `${due.length} tables are past their own autovacuum trigger${first}`,
      threshold: `${figure(thresholds.vacuumQueue, severity)} tables`,
      fix: 'See whether a long transaction holds the horizon; else more or faster autovacuum workers',
      next: { tool: 'pg_activity', args: { minSeconds: 300 } },
    },
  ];
}

function disabled(tables: readonly TableVacuum[]): readonly Finding[] {
  return tables
    .filter((table) => !table.autovacuum)
    .slice(0, 5)
    .map((table) => ({
      id: 'autovacuum_disabled',
      severity: 'warning' as const,
      object: table.table,
      evidence: `autovacuum is switched off for a table of ${bytes(table.sizeBytes)} with ${count(table.deadTuples)} dead tuples`,
      threshold: 'on',
      fix: 'ALTER TABLE … RESET (autovacuum_enabled)',
    }));
}
