/**
 * Rows as columns for a terminal, padded but for the last.
 *
 * @param header names of the columns; every row has as many cells
 */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows.map((row) => row.map((cell) => cell.replaceAll(/\s*\n\s*/g, ' ')))];
  const widths = header.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}
