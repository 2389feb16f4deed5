import { count, percent } from '@cinecom/mcp-core';
import type { HorizonHolder, VacuumRun, VacuumTable } from '../../model/vacuum.ts';
import { holderName, isVacuumedInVain } from './horizon.ts';
import { deadRatio, insertRatio } from './overdue.ts';

/** From so many rows on, a share of the table is too long to wait. */
const largeTuples = 10_000_000;
const largeScaleFactor = 0.1;
const advisedScaleFactor = 0.02;

export interface AdviceContext {
  readonly at: number;
  readonly autovacuumOn: boolean;
  readonly runs: readonly VacuumRun[];
  /** The oldest of those that keep rows of tables. */
  readonly holder: HorizonHolder | undefined;
}

export type Remedy = 'none' | 'wait' | 'horizon' | 'enable' | 'freeze' | 'vacuum' | 'tune' | 'analyze';

/** What to do about one table, with its reason. */
export interface TableAdvice {
  readonly remedy: Remedy;
  readonly text: string;
}

/** The first that applies: what has to come before all else comes first. */
export function adviseTable(table: VacuumTable, context: AdviceContext): TableAdvice {
  const run = context.runs.find((one) => one.table === table.table);
  if (run !== undefined) return { remedy: 'wait', text: runWords(run) };
  const dead = deadRatio(table);
  if (isVacuumedInVain(table, context.holder, context.at) && context.holder !== undefined) {
    return {
      remedy: 'horizon',
      text: `vacuumed since ${holderName(context.holder)} holds the horizon, without effect: end that first`,
    };
  }
  if (table.xidAge > table.freezeAt) {
    return {
      remedy: 'freeze',
      text: `oldest xid ${count(table.xidAge)} old, limit ${count(table.freezeAt)}: freeze it in a quiet hour before autovacuum has to`,
    };
  }
  if (!context.autovacuumOn) return { remedy: 'enable', text: 'autovacuum is off for the whole server: switch it on' };
  if (!table.autovacuum) return { remedy: 'enable', text: `ALTER TABLE ${table.table} RESET (autovacuum_enabled)` };
  if (dead > 1) return deadAdvice(table, dead);
  if (insertRatio(table) > 1) {
    return {
      remedy: 'vacuum',
      text: `${count(table.inserted)} rows inserted since the last vacuum: index-only scans and freezing wait for one`,
    };
  }
  if (table.analyzeTrigger !== null && table.modified > table.analyzeTrigger) {
    return {
      remedy: 'analyze',
      text: `${count(table.modified)} rows changed since its statistics were taken, due at ${count(table.analyzeTrigger)}`,
    };
  }
  return { remedy: 'none', text: lowestRatio(table) };
}

function deadAdvice(table: VacuumTable, ratio: number): TableAdvice {
  const facts = `${count(table.deadTuples)} dead rows, ${count(Math.round(ratio * 100) / 100)}× its trigger`;
  if (table.tuples >= largeTuples && table.scaleFactor >= largeScaleFactor) {
    return {
      remedy: 'tune',
      text: `${facts}; ${percent(table.scaleFactor)} of a large table is long to wait: ALTER TABLE ${table.table} SET (autovacuum_vacuum_scale_factor = ${advisedScaleFactor})`,
    };
  }
  return { remedy: 'vacuum', text: facts };
}

function lowestRatio(table: VacuumTable): string {
  return `not due: ${count(table.deadTuples)} of ${count(Math.round(table.trigger))} dead rows`;
}

function runWords({ automatic, phase, scanned, indexPasses, preventsWraparound }: VacuumRun): string {
  const passes = indexPasses > 1 ? `, its indexes read ${indexPasses} times: more maintenance_work_mem` : '';
  return `${automatic ? 'autovacuum' : 'a vacuum'} is at it: ${phase}, ${percent(scanned)} scanned${passes}${preventsWraparound ? ', against wraparound: let it run' : ''}`;
}
