import { ToolError } from '@cinecom/mcp-core';
import type * as z from 'zod';

/** What the engine answered, in the shape that this server reads; fields it does not know are let pass. */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ToolError('backend_error', `the engine tells ${what} in a form that is not known`, {
    backendText: `${issue?.path.join('.')}: ${issue?.message}`,
    hint: 'Engines from 20.10 on are supported; check tells which one this is.',
  });
}
