import { count, counted, duration, type Finding, type Severity } from '@cinecom/mcp-core';
import type { HorizonHolder, VacuumTable } from '../../model/vacuum.ts';
import { figure, grade, horizonAge, thresholds } from '../thresholds.ts';
import { deadRatio } from './overdue.ts';

/** Holders of rows of tables, not only of the catalog. */
export function rowHolders(holders: readonly HorizonHolder[]): readonly HorizonHolder[] {
  return holders.filter((holder) => !holder.catalogOnly);
}

/**
 * Whether a vacuum that ran could not remove what is dead: it ran while the holder was there, and the table is due again.
 * Where the server does not tell since when a holder is there, nothing is claimed.
 */
export function isVacuumedInVain(table: VacuumTable, holder: HorizonHolder | undefined, at: number): boolean {
  if (holder?.heldMs === undefined || holder.heldMs === null || table.lastVacuumAt === null) return false;
  return deadRatio(table) > 1 && table.lastVacuumAt > at - holder.heldMs;
}

/**
 * The oldest holder, graded by how long it has been there and by the transactions that have begun since; at least a warning
 * when tables were vacuumed in vain.
 */
export function judgeHorizon(
  holders: readonly HorizonHolder[],
  tables: readonly VacuumTable[],
  at: number,
): readonly Finding[] {
  const [oldest] = rowHolders(holders);
  if (oldest === undefined) return [];
  const vain = tables.filter((table) => isVacuumedInVain(table, oldest, at));
  const severity = severityOf(oldest, vain.length);
  if (severity === undefined) return [];
  const held = oldest.heldMs === null ? '' : ` for ${duration(oldest.heldMs)}`;
  const dead = vain.reduce((sum, table) => sum + table.deadTuples, 0);
  return [
    {
      id: 'horizon_held',
      severity,
      object: holderName(oldest),
      evidence:
        `keeps every row that died in the last ${counted(oldest.age, 'transaction')}${held}` +
        (vain.length === 0
          ? ''
          : `; vacuumed meanwhile and as dead as before: ${counted(vain.length, 'table')}, ${count(dead)} rows`),
      threshold: `${duration(figure(thresholds.transactionMs, severity))} or ${count(figure(horizonAge, severity))} transactions`,
      fix: `VACUUM cannot remove them before it ends: ${remedy(oldest)}`,
      ...nextOf(oldest),
    },
  ];
}

export function holderName({ kind, name }: HorizonHolder): string {
  return kind === 'session' ? `pid ${name}` : `${kind} ${name}`;
}

export function remedy({ kind, state }: HorizonHolder): string {
  if (kind === 'prepared transaction') return 'COMMIT PREPARED or ROLLBACK PREPARED, as its owner decides';
  if (kind === 'standby feedback') return 'end the long query on that standby, or turn its hot_standby_feedback off';
  if (kind === 'slot') {
    return state?.startsWith('active') === true
      ? 'let its consumer catch up; behind a physical slot, end the long query on the standby'
      : 'start its consumer again, or drop the slot if nobody needs it';
  }
  return state?.startsWith('idle in transaction') === true
    ? 'its client left a transaction open: finish it there, or end the session'
    : 'wait for its statement, or cancel it';
}

function severityOf({ heldMs, age }: HorizonHolder, vain: number): Severity | undefined {
  const grades = [grade(horizonAge, age), heldMs === null ? undefined : grade(thresholds.transactionMs, heldMs)];
  if (grades.includes('critical')) return 'critical';
  if (grades.includes('warning') || vain > 0) return 'warning';
  return grades.includes('info') ? 'info' : undefined;
}

function nextOf({ kind, pid, name, state, query }: HorizonHolder): Pick<Finding, 'next'> {
  if (kind === 'session' && pid !== null && query !== null) {
    const tool = state === 'active' ? 'pg_cancel' : 'pg_terminate';
    return { next: { tool, args: { pid, expectQuery: 'its query as shown' } } };
  }
  if (kind === 'slot') {
    return state?.startsWith('active') === true
      ? { next: { tool: 'pg_replication', args: {} } }
      : { next: { tool: 'pg_change', args: { action: 'drop_slot', object: name } } };
  }
  return kind === 'standby feedback' ? { next: { tool: 'pg_replication', args: {} } } : {};
}
