import { isRead } from '../../model/part.ts';
import type { HorizonHolder, VacuumReading, VacuumRun } from '../../model/vacuum.ts';

/** What could be read; that it could not is told beside. */
export function readHolders({ holders }: VacuumReading): readonly HorizonHolder[] {
  return isRead(holders) ? holders.value : [];
}

export function readRuns({ runs }: VacuumReading): readonly VacuumRun[] {
  return isRead(runs) ? runs.value : [];
}
