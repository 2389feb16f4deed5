import type * as z from 'zod';
import { inputSchema, runbookSchema, stepSchema } from './schema.ts';

/** What breaks the form of a runbook, with the values that are allowed; never quotes a value. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => JSON.stringify(key.slice(0, 60))).join(', ');
    return `${names} is no field here; allowed: ${fieldsAt(issue.path).join(', ')}`;
  }
  if (issue.code === 'invalid_value') return `allowed: ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? `is missing; expected ${issue.expected}` : `expected ${issue.expected}`;
  }
  if (issue.code === 'invalid_union')
    return 'expected text, a number, true or false, or a list where the field takes one';
  if (issue.code === 'invalid_key') return `a name here is ${issue.issues.map((inner) => inner.message).join('; ')}`;
  if (issue.code === 'invalid_format') return `expected ${issue.message}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return issue.message;
}

function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === 'steps') return Object.keys(stepSchema.shape);
  if (path[0] === 'inputs') return Object.keys(inputSchema.shape);
  return Object.keys(runbookSchema.shape);
}
