import type { CellValue } from '../../model/query.ts';
import { numberOf } from '../../model/told.ts';

/** A cell as a finite number; undefined where the row, the cell or a number in it is missing. */
export function numberAt(row: ReadonlyMap<string, CellValue> | undefined, field: string): number | undefined {
  return numberOf(row?.get(field));
}

/** Events by value of a field; rows in which it has none are left out. */
export function countsBy(rows: readonly ReadonlyMap<string, CellValue>[], field: string): ReadonlyMap<string, number> {
  return new Map(
    rows.flatMap((row) => {
      const value = row.get(field) ?? '';
      return value === '' ? [] : [[String(value), numberAt(row, 'count()') ?? 0] as const];
    }),
  );
}
