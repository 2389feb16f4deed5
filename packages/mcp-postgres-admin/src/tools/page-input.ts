import * as z from 'zod';

/** Taken by the tools that list: rows a page, and where the page before ended. */
export const pageInput = {
  limit: z.int().min(1).max(200).default(20),
  cursor: z.string().max(1000).optional().describe('from the answer before'),
};
