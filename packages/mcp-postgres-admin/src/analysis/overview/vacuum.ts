import { bytes, count, type Finding } from '@cinecom/mcp-core';
import type { TableVacuum } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { notRead, nothing, type Check } from './types.ts';

const shownNames = 3;

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
  const worst = due.toSorted((a, b) => overdueRatio(b) - overdueRatio(a) || (a.table < b.table ? -1 : 1));
  return [
    {
      id: 'vacuum_queue',
      severity,
      object: `${due.length} tables`,
      evidence: `past their own autovacuum trigger: ${namesOf(worst)}`,
      threshold: `${figure(thresholds.vacuumQueue, severity)} tables`,
      fix: 'See whether a long transaction holds the horizon; else more or faster autovacuum workers',
      next: { tool: 'pg_activity', args: { minSeconds: 300 } },
    },
  ];
}

function disabled(tables: readonly TableVacuum[]): readonly Finding[] {
  const off = tables.filter((table) => !table.autovacuum);
  if (off.length === 0) return [];
  const dead = off.reduce((sum, table) => sum + table.deadTuples, 0);
  const size = off.reduce((sum, table) => sum + table.sizeBytes, 0);
  return [
    {
      id: 'autovacuum_disabled',
      severity: 'warning',
      object: `${off.length} tables`,
      evidence: `autovacuum is switched off, ${count(dead)} dead tuples in ${bytes(size)}: ${namesOf(off)}`,
      threshold: 'on',
      fix: 'ALTER TABLE … RESET (autovacuum_enabled)',
    },
  ];
}

function namesOf(tables: readonly TableVacuum[]): string {
  const names = tables.slice(0, shownNames).map((table) => table.table);
  return tables.length > names.length ? `${names.join(', ')}, …` : names.join(', ');
}
