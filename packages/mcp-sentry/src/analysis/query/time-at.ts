import type { CellValue } from '../../model/query.ts';
import { timeOf } from '../../model/told.ts';

/** The moment that a row tells in a field, UTC ms. */
export function timeAt(row: ReadonlyMap<string, CellValue> | undefined, field: string): number | undefined {
  return timeOf(row?.get(field));
}
