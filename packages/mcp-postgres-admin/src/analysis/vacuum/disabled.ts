import { bytes, count, counted, type Finding } from '@cinecom/mcp-core';
import type { TableVacuum } from '../../model/vacuum.ts';

const shownNames = 3;

/** Tables whose autovacuum is switched off, as one finding. */
export function judgeDisabled(tables: readonly TableVacuum[]): readonly Finding[] {
  const off = tables.filter((table) => !table.autovacuum);
  if (off.length === 0) return [];
  const dead = off.reduce((sum, table) => sum + table.deadTuples, 0);
  const size = off.reduce((sum, table) => sum + table.sizeBytes, 0);
  return [
    {
      id: 'autovacuum_disabled',
      severity: 'warning',
      object: counted(off.length, 'table'),
      evidence: `autovacuum is switched off, ${count(dead)} dead tuples in ${bytes(size)}: ${namesOf(off.map(({ table }) => table))}`,
      threshold: 'on',
      fix: 'ALTER TABLE … RESET (autovacuum_enabled)',
      next: { tool: 'pg_vacuum', args: {} },
    },
  ];
}

/** The first few. */
export function namesOf(names: readonly string[]): string {
  return names.length > shownNames ? `${names.slice(0, shownNames).join(', ')}, …` : names.join(', ');
}
