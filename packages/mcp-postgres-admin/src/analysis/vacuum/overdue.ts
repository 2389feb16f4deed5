import type { TableVacuum } from '../../model/vacuum.ts';

/** How many times past its trigger a table is; ≤1 = not due. */
export function overdueRatio(table: TableVacuum): number {
  return Math.max(deadRatio(table), insertRatio(table));
}

export function deadRatio({ trigger, deadTuples }: TableVacuum): number {
  return trigger > 0 ? deadTuples / trigger : 0;
}

export function insertRatio({ insertTrigger, inserted }: TableVacuum): number {
  return insertTrigger !== null && insertTrigger > 0 ? inserted / insertTrigger : 0;
}
