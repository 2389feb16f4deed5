import type * as z from 'zod';
import { meant } from '../nearest.ts';
import { inputShape, runbookShape, stepShape } from './schema.ts';

/** What is wrong at a place of the file, with the values that are allowed. */
export function explainIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.length === 0 ? 'the file' : `"${fieldOf(issue.path)}"`;
  if (issue.code === 'unrecognized_keys') {
    const allowed = Object.keys(shapeAt(issue.path));
    const [key = ''] = issue.keys;
    return `${field} has no field "${key}"${meant(key, allowed)} (fields: ${allowed.join(', ')})`;
  }
  if (issue.code === 'invalid_value') return `${field} is one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? `${field} is missing` : `${field} is a ${named(issue.expected)}`;
  }
  if (issue.code === 'too_small') return `${field} has at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `${field} has at most ${issue.maximum}`;
  if (issue.code === 'invalid_union') return `${field} has the wrong type`;
  return `${field}: ${issue.message}`;
}

/** `steps[2].input`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function shapeAt(path: readonly PropertyKey[]): object {
  if (path[0] === 'steps') return stepShape;
  return path[0] === 'inputs' ? inputShape : runbookShape;
}

function named(type: string): string {
  return type === 'record' || type === 'object' ? 'map of names to values' : type === 'array' ? 'list' : type;
}
