import { definePrompt } from '@cinecom/mcp-core';
import * as z from 'zod';

const performance = definePrompt({
  name: 'database-performance-problem',
  title: 'Database performance problem',
  description: 'Finds out why a PostgreSQL database is slow or hangs, step by step, changing nothing.',
  arguments: z.strictObject({
    symptom: z.string().max(500).optional().describe('what people notice, and since when'),
  }),
  render: ({ symptom }) =>
    [
      `A PostgreSQL database has a performance problem${symptom === undefined ? '' : `: ${symptom}`}.`,
      '1. pg_overview: verdict and findings; follow its next call.',
      '2. If something waits: pg_locks. If connections run out or sit idle: pg_activity.',
      '3. pg_top_queries by total, then by regression; pg_explain with the queryId of what stands out.',
      '4. Answer with the cause, the evidence with its numbers, what was not examined, and the smallest safe remedy.',
      'Change nothing without showing the plan first.',
    ].join('\n'),
});

const morning = definePrompt({
  name: 'database-morning-check',
  title: 'Database morning check',
  description: 'The daily look at a PostgreSQL server: health, what changed since yesterday, what to do today.',
  arguments: z.strictObject({}),
  render: () =>
    [
      'Make the morning check of the PostgreSQL server.',
      '1. pg_overview. 2. pg_top_queries {"since":"1d","compare":"yesterday"}. 3. pg_activity {"groupBy":"app"}.',
      'Report in ten lines: verdict, score, each warning and critical finding with its fix, statements that became slower, what was not examined.',
    ].join('\n'),
});

export const prompts = [performance, morning];
