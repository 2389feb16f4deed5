/** A cell: `undefined` and `null` render as an empty cell. */
export type Cell = string | number | boolean | bigint | null | undefined;

/**
 * A Markdown table without padding: the model pays for every space.
 *
 * @param rows objects whose values are already in units
 * @param columns keys to show, in order; empty columns are dropped
 * @returns header, rule, rows; `(none)` without rows
 */
export function table<Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[]): string {
  if (rows.length === 0) return '(none)';
  const filled = columns.filter((column) => rows.some((row) => cell(row[column] as Cell) !== ''));
  const line = (cells: readonly string[]) => `|${cells.join('|')}|`;
  return [
    line(filled),
    line(filled.map(() => '-')),
    ...rows.map((row) => line(filled.map((column) => cell(row[column] as Cell)))),
  ].join('\n');
}

function cell(value: Cell): string {
  if (value === undefined || value === null) return '';
  return String(value)
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ⏎ ');
}
