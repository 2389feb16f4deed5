import { describe, expect, it } from 'vitest';
import { jobSchema } from './job.ts';

const job = { name: 'night', cron: '@daily', tool: 't' };

describe('the schema of a job', () => {
  it.each([
    ['2027-01-01T00:00:00', 'five fields'],
    ['* * * *', 'five fields'],
    ['', 'five fields'],
  ])('takes no %j for cron', (cron, why) => {
    expect(jobSchema.safeParse({ ...job, cron }).error?.issues[0]?.message).toContain(why);
  });

  it.each(['+09:00', 'Mars/Olympus', ''])('takes no %j for a zone', (zone) => {
    expect(jobSchema.safeParse({ ...job, zone }).error?.issues[0]?.path).toEqual(['zone']);
  });

  it.each(['Night', '1st', 'a.b', '../x', '', 'a'.repeat(41), 'a\n'])('takes no %j for a name', (name) => {
    expect(jobSchema.safeParse({ ...job, name }).error?.issues[0]?.path).toEqual(['name']);
  });
});
