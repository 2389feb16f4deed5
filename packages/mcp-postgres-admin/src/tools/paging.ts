import * as z from 'zod';

/** Taken by the tools that list: rows a page, and where the page before ended. */
export const pageInput = {
  limit: z.int().min(1).max(200).default(20),
  cursor: z.string().max(1000).optional().describe('from the answer before'),
};

/** The line below a list that is not whole; none below a whole one. */
export function shownOf(
  shown: number,
  { total, cursor }: { readonly total: number; readonly cursor?: string | undefined },
): string[] {
  if (shown >= total) return [];
  return [`${shown} of ${total} shown.${cursor === undefined ? '' : ` Cursor: ${cursor}`}`];
}
