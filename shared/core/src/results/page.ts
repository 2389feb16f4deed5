import { ToolError } from '../errors/tool-error.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** Position of the next page, absent on the last. As `cursor` of an output the pipeline seals it. */
  readonly cursor?: string;
}

/**
 * One page of a list that is at hand as a whole.
 *
 * A tool with a `cursor` argument gets it opened and checked: a position that this function gave out before.
 *
 * @param limit rows a page
 * @throws ToolError `invalid_cursor` for a position that is no count
 */
export function page<Row>(
  rows: readonly Row[],
  options: { readonly cursor?: string | undefined; readonly limit: number },
): Page<Row> {
  const start = Number(options.cursor ?? '0');
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new ToolError('invalid_cursor', 'the cursor does not fit this list', { hint: 'Leave it out to start over.' });
  }
  const shown = rows.slice(start, start + options.limit);
  const end = start + shown.length;
  return { rows: shown, total: rows.length, ...(end < rows.length ? { cursor: String(end) } : {}) };
}
