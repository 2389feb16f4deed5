import { ToolError } from '@cinecom/mcp-core';
import type * as z from 'zod';

/** Data of the API in the form its reader knows. @throws ToolError `backend_unsupported` for another one */
export function parsed<Schema extends z.ZodType>(schema: Schema, data: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const where = result.error.issues.map((issue) => issue.path.join('.')).slice(0, 3);
  throw new ToolError('backend_unsupported', `the server tells ${what} in a form that is not known here`, {
    hint: 'Prometheus 2.38 to 3.x and Alertmanager 0.25 and later are known.',
    cause: new Error(`at ${where.join(', ')}`),
  });
}
