import * as z from 'zod';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

const name = z
  .string()
  .max(40)
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a letter, then letters, digits, - or _');
const line = z.string().min(1).max(200);
const plain = z.union([z.string().max(1000), z.number(), z.boolean()]);
const condition = z.union([z.string().min(1).max(4000), z.boolean()]);

export const stepSchema = z.strictObject({
  id: name,
  title: line.optional(),
  server: z.string().min(1).max(100),
  tool: z.string().min(1).max(128),
  input: z.record(z.string(), z.unknown()).default({}),
  when: condition.optional(),
  foreach: z.union([z.string().min(1).max(4000), z.array(z.unknown())]).optional(),
  save: z.record(name, z.string().min(1).max(4000)).default({}),
  timeout: z.number().min(1).max(600).default(60),
  onError: z.enum(['stop', 'continue']).default('continue'),
  needs: z.array(name).max(100).default([]),
});

export const inputSchema = z.strictObject({
  description: line.optional(),
  default: plain.optional(),
});

export const runbookSchema = z.strictObject({
  title: line,
  description: z.string().max(4000).optional(),
  language: z.enum(languages).default('en'),
  inputs: z.record(name, inputSchema).default({}),
  steps: z.array(stepSchema).min(1).max(100),
});
export type WrittenRunbook = z.infer<typeof runbookSchema>;
export type WrittenStep = WrittenRunbook['steps'][number];
export type Plain = z.infer<typeof plain>;
