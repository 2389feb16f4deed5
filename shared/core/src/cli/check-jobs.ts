import type { CheckRow } from '../define/server.ts';
import { timestamp } from '../results/format.ts';
import type { Session } from './session.ts';

/** Jobs of the settings file that `daemon` would refuse to run, or when they run next. */
export async function jobRows({ runtime, core, loaded, world }: Session): Promise<readonly CheckRow[]> {
  if (core.jobs.length === 0 && loaded.notices.length === 0) return [];
  const { nameOf, readJobs } = await import('../daemon/read-jobs.ts');
  const { jobs, problems } = await readJobs(runtime);
  const wrong = problems.map((problem): CheckRow => ({
    check: nameOf(problem),
    status: 'failed',
    detail: problem.text,
  }));
  if (loaded.problems.length > 0) return wrong;
  const right = jobs.map(({ name, tool, schedule }): CheckRow => {
    const next = schedule.next(world.clock.now());
    return {
      check: `job ${name}`,
      status: 'ok',
      detail: `${tool}, next ${next === undefined ? 'never' : timestamp(next)}`,
    };
  });
  return [...wrong, ...right];
}
