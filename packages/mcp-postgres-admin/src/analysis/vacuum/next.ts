import type { Finding } from '@cinecom/mcp-core';
import { nameInNext } from '../name-in-next.ts';
import type { VacuumReport } from './report.ts';

/** The call that helps most: that of the worst finding, else the maintenance of the table that waits longest. */
export function vacuumNext({
  findings,
  tables,
}: Pick<VacuumReport, 'findings' | 'tables'>): NonNullable<Finding['next']> {
  const named = findings.find((one) => one.next !== undefined && one.next.tool !== 'pg_vacuum')?.next;
  if (named !== undefined) return named;
  for (const { remedy, table } of tables) {
    if (remedy === 'vacuum' || remedy === 'freeze' || remedy === 'analyze') {
      return { tool: 'pg_maintain', args: { op: remedy, object: nameInNext(table.table) } };
    }
  }
  return { tool: 'pg_overview', args: {} };
}
