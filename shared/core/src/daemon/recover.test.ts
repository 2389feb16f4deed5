import { describe, expect, it } from 'vitest';
import type { CallRequest } from '../call/request.ts';
import { tempState } from '../testing/temp-state.ts';
import { jobSchema } from './job.ts';
import { jobFiles, readJobState } from './job-files.ts';
import type { ReadyJob } from './read-jobs.ts';
import { recover } from './recover.ts';
import { runJob, type RunContext } from './run-job.ts';
import { createSchedule } from './schedule.ts';

const hour = 3_600_000;
const tick = Date.UTC(2026, 0, 1, 1);
const beforeTick = tick - hour / 2;

/** What outlives a process: its effects, its records, the messages it sent. */
class Outside {
  effects = 0;
  readonly records: { readonly event: string; readonly result: string | undefined }[] = [];
  readonly messages: string[] = [];
}

interface Life {
  readonly context: RunContext;
  /** Resolves when the process has died; it does nothing from then on. */
  readonly died: Promise<'died'>;
}

/** A process that dies at its `fatal`th step: before or after each thing that it does to the world. */
function life(folder: string, generation: number, outside: Outside, fatal = Number.POSITIVE_INFINITY): Life {
  let die: (how: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => (die = resolve));
  let steps = 0;
  const step = async (): Promise<void> => {
    steps += 1;
    if (steps < fatal) return;
    die('died');
    await new Promise(() => undefined);
  };
  const around = async <Value>(work: () => Value | Promise<Value>): Promise<Value> => {
    await step();
    const value = await work();
    await step();
    return value;
  };
  const real = jobFiles(folder, generation);
  const runtime = {
    server: { name: 'mcp-test' },
    core: { allow: 'write' },
    clock: { now: () => tick + 1000 },
    log: () => undefined,
    observer: { jobEnded: () => undefined, fault: () => undefined },
    note: ({ detail, outcome }: { detail: { event: string }; outcome?: { result: string } }) =>
      around(() => void outside.records.push({ event: detail.event, result: outcome?.result })),
    callTool: (_request: CallRequest) =>
      around(() => {
        outside.effects += 1;
        return { kind: 'answer', outcome: 'success', verdict: 'ok', text: 'OK', error: undefined };
      }),
  };
  const context: RunContext = {
    runtime: runtime as never,
    files: {
      ...real,
      write: (job, state) => around(() => real.write(job, state)),
      update: (job, change) => around(() => real.update(job, change)),
      claim: (job, at) => around(() => real.claim(job, at)),
    },
    notifier: {
      tell: (_job, { outcome }) =>
        around(() => {
          outside.messages.push(outcome);
          return [];
        }),
    },
    signal: new AbortController().signal,
  };
  return { context, died };
}

/** What a daemon does with one job from its start on. */
async function live({ context, died }: Life, job: ReadyJob): Promise<'died' | 'lived'> {
  const whole = async (): Promise<'lived'> => {
    const { taken, tell } = await recover(context, job);
    await tell();
    const due = job.schedule.lastIn(taken, context.runtime.clock.now());
    if (due !== undefined) await runJob(context, job, due, 'missed');
    return 'lived';
  };
  return Promise.race([whole(), died]);
}

async function hourly(): Promise<ReadyJob> {
  const job = jobSchema.parse({ name: 'hourly', cron: '0 * * * *', zone: 'UTC', tool: 'x' });
  return { ...job, schedule: await createSchedule(job) };
}

describe('a job whose daemon dies', () => {
  it('at any step, and the next one at any step too, ran once or is told as unknown, and never ran twice', async () => {
    const job = await hourly();
    let deaths = 0;
    const outcomes = new Set<string>();
    for (let first = 1, more = true; more; first += 1) {
      for (let second = 1, again = true; again; second += 1) {
        await using state = await tempState();
        const outside = new Outside();
        const untouched = { taken: beforeTick, schedule: job.schedule.pattern, runs: [] };
        await jobFiles(state.dir, 1).write(job.name, untouched);
        more = (await live(life(state.dir, 2, outside, first), job)) === 'died';
        again = (await live(life(state.dir, 3, outside, second), job)) === 'died';
        expect(await live(life(state.dir, 4, outside), job)).toBe('lived');
        deaths += 1;

        const where = `died at step ${first}, then at step ${second}`;
        const told = outside.records.filter(({ event }) => event !== 'begun');
        const kept = await readJobState(state.dir, job.name);
        expect(outside.effects, where).toBeLessThanOrEqual(1);
        expect(told.length, where).toBeGreaterThan(0);
        expect(new Set(told.map(({ result }) => result)).size, `${where}: it was told in two ways`).toBe(1);
        expect(outside.messages.length, where).toBeGreaterThan(0);
        if (outside.effects === 0)
          expect(new Set(told.map(({ result }) => result)), where).toEqual(new Set(['unknown']));
        expect(kept, where).toMatchObject({ taken: tick, runs: [{ tick, outcome: told.at(-1)?.result }] });
        expect(kept?.begun, where).toBeUndefined();
        outcomes.add(`${told.at(-1)?.result} after ${outside.effects}`);
      }
    }
    expect(deaths).toBeGreaterThan(100);
    expect([...outcomes].toSorted()).toEqual(['success after 1', 'unknown after 0', 'unknown after 1']);
  });

  it('has not missed what a schedule would have brought that was not set at the time', async () => {
    const job = await hourly();
    await using state = await tempState();
    const outside = new Outside();
    await jobFiles(state.dir, 1).write(job.name, { taken: beforeTick, schedule: '0 7 * * * UTC', runs: [] });
    expect(await live(life(state.dir, 2, outside), job)).toBe('lived');
    expect(outside.effects).toBe(0);
  });

  it('is not put back to what an older daemon knew that wakes later', async () => {
    const job = await hourly();
    await using state = await tempState();
    const outside = new Outside();
    const sleeper = life(state.dir, 1, outside);
    await recover(sleeper.context, job);
    expect(await live(life(state.dir, 2, outside), job)).toBe('lived');
    const known = await readJobState(state.dir, job.name);
    await sleeper.context.files.write(job.name, { taken: 0, schedule: 'old', runs: [] });
    expect(await readJobState(state.dir, job.name)).toEqual(known);
  });

  it('tells of a run that could not begin, and calls nothing', async () => {
    const job = await hourly();
    await using state = await tempState();
    const outside = new Outside();
    const { context } = life(state.dir, 1, outside);
    await recover(context, job);
    const full = { ...context.files, claim: () => Promise.reject(new Error('ENOSPC')) };
    await runJob({ ...context, files: full }, job, tick, 'due');
    expect(outside).toMatchObject({
      effects: 0,
      messages: ['failure'],
      records: [{ event: 'ended', result: 'failure' }],
    });
    expect((await readJobState(state.dir, job.name))?.runs).toMatchObject([
      { code: 'internal', text: 'It could not begin.' },
    ]);
  });
});
