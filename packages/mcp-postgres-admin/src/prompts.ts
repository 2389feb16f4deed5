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
      '4. If an index may help: pg_index_advice. If tables bloat or statistics are old: pg_vacuum, pg_bloat. If standbys lag: pg_replication.',
      '5. Answer with the cause, the evidence with its numbers, what was not examined, and the smallest safe remedy.',
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

const dailySteps = [
  '1. pg_storage {"by":"database","since":"1d"}: days to full, what grew since yesterday.',
  '2. pg_activity {"groupBy":"app"}: how full the connections are, and who holds them.',
  '3. pg_vacuum {}: tables past their trigger, days to wraparound, what holds the horizon.',
];

const weeklySteps = [
  '1. pg_storage {"by":"database","since":"7d"}, then {"by":"table"} for what grew most: days to full.',
  '2. pg_activity {"groupBy":"app"}: how full the connections are, and who holds them.',
  '3. pg_vacuum {}: tables past their trigger, days to wraparound, what holds the horizon.',
  '4. pg_bloat {}: space that a rebuild gives back. Only what is measured or well estimated counts.',
  '5. pg_index_audit {}: indexes that nothing uses or that are there twice, and what they take.',
];

const capacity = definePrompt({
  name: 'capacity-review',
  title: 'Capacity review',
  description:
    'What fills up and when: disk, connections, transaction ids, and what could be given back. Daily or weekly.',
  arguments: z.strictObject({
    period: z.enum(['daily', 'weekly']).optional().describe('daily: what changed; weekly: also what could be freed'),
  }),
  render: ({ period = 'weekly' }) =>
    [
      `Make the ${period} capacity review of the PostgreSQL server, changing nothing.`,
      ...(period === 'daily' ? dailySteps : weeklySteps),
      'Report first what runs out and when, as a range, with its numbers; then what grew, and what could be freed and by which call.',
      'Where an answer says "insufficient" or "not examined", say so: give no forecast of your own.',
    ].join('\n'),
});

export const prompts = [performance, morning, capacity];
