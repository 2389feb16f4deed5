import * as z from 'zod';
import type { Json } from '../json.ts';
import { parseDuration } from './duration.ts';

const identifier = z
  .string()
  .regex(/^[A-Za-z_][\w-]{0,63}$/, 'a name of letters, digits, _ and -, at most 64, beginning with a letter');
const line = z.string().trim().min(1).max(200);
const value: z.ZodType<Json> = z.json();

const duration = z.union([z.string(), z.number()]).transform((given, context) => {
  const ms = parseDuration(given);
  if (ms !== undefined && ms >= 1000 && ms <= 3_600_000) return ms;
  context.addIssue({ code: 'custom', message: 'a time from 1s to 1h, as in 90s or 5m' });
  return z.NEVER;
});

export const inputShape = {
  type: z.enum(['string', 'number', 'boolean', 'list']).default('string'),
  description: line.optional(),
  default: value.optional(),
  allowed: z.array(value).min(1).max(100).optional(),
};

const input = z.strictObject(inputShape).superRefine(({ default: given, type }, context) => {
  if (given === undefined || (type === 'list' ? Array.isArray(given) : typeof given === type)) return;
  context.addIssue({ code: 'custom', path: ['default'], message: `not a ${type}, which "type" says it is` });
});

export const stepShape = {
  id: identifier,
  title: line.optional(),
  server: z.string().min(1).max(128),
  tool: z.string().min(1).max(128),
  input: z.record(z.string(), value).default({}),
  when: z.union([z.string(), z.boolean()]).optional(),
  foreach: z.union([z.string(), z.array(value)]).optional(),
  save: z.record(identifier, value).default({}),
  needs: z.array(identifier).max(50).default([]),
  timeout: duration.default(60_000),
  onError: z.enum(['stop', 'continue']).default('continue'),
};

export const runbookShape = {
  title: line,
  description: z.string().trim().max(2000).optional(),
  language: z.enum(['en', 'ja']).optional(),
  inputs: z.record(identifier, input).default({}),
  steps: z.array(z.strictObject(stepShape)).min(1).max(50),
};

/** What a runbook file may hold; every key that is not here is an error. */
export const runbookSchema = z.strictObject(runbookShape);

export type RunbookFile = z.output<typeof runbookSchema>;
export type StepFile = RunbookFile['steps'][number];
export type InputFile = RunbookFile['inputs'][string];
