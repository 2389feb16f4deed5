import * as z from 'zod';

// a check of our own, not a pattern: that would stand in the definition of every tool
const name = z
  .string()
  .max(100)
  .refine((text) => text === '*' || /^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/.test(text), {
    error: 'expected a service of the project, or *',
  });

/** Fields that several tools share. */
export const service = name.default('*');
export const oneService = name.refine((text) => text !== '*', { error: 'expected one service' });
export const services = z.array(oneService).min(1).max(50);
/** For reading. */
export const someServices = z.array(name).max(10).default([]).describe('default all');
export const limit = z.int().min(1).max(200).default(20);
export const cursor = z.string().max(500).optional();
