import { join } from 'node:path';
import { ToolError } from '../errors/tool-error.ts';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from '../state/files.ts';
import type { JobState } from './job-state.ts';

/** The files of one daemon; it writes under the generation of its lock, and the highest generation counts. */
export interface JobFiles {
  read(job: string): Promise<JobState | undefined>;
  write(job: string, state: JobState): Promise<void>;
  /** Reads, changes, writes; changes of one job follow each other. */
  update(job: string, change: (state: JobState) => JobState): Promise<void>;
  /**
   * Takes a tick before its run begins. True for exactly one caller, over all processes and for ever: two daemons that
   * each think they hold the lock still run it once.
   */
  claim(job: string, tick: number): Promise<boolean>;
  /** Ticks after `after` that were taken, by whatever process; ascending. */
  claimed(job: string, after: number): Promise<readonly number[]>;
}

const keepMs = 7 * 86_400_000;

/**
 * State of the jobs under `<state>/daemon`: one file a job, `<job>.<generation>.json`, and one empty file a tick that was
 * taken within a week. What a daemon still writes that slept while another took over lands in a file that nobody reads.
 */
export function jobFiles(folder: string, generation: number): JobFiles {
  const claims = join(folder, 'ticks');
  const tails = new Map<string, Promise<unknown>>();
  const read = (job: string): Promise<JobState | undefined> => readJobState(folder, job);
  const write = async (job: string, state: JobState): Promise<void> => {
    await privateFolder(folder);
    await replaceFile(pathOf(folder, job, generation), JSON.stringify(state));
    for (const old of await generationsOf(folder, job)) {
      if (old < generation) await removeFile(pathOf(folder, job, old));
    }
  };
  return {
    read,
    write,
    update(job, change) {
      const changed = async (): Promise<void> => {
        const state = await read(job);
        if (state !== undefined) await write(job, change(state));
      };
      const done = (tails.get(job) ?? Promise.resolve()).then(changed);
      tails.set(
        job,
        done.catch(() => undefined),
      );
      return done;
    },
    async claim(job, tick) {
      await privateFolder(folder, 'ticks');
      const claimed = await createFile(join(claims, `${job}.${tick}`), '');
      if (claimed) await forget(claims, job, tick - keepMs);
      return claimed;
    },
    claimed: async (job, after) => (await ticksOf(claims, job)).filter((tick) => tick > after),
  };
}

/** @throws ToolError `state_unavailable` when the file is damaged */
export async function readJobState(folder: string, job: string): Promise<JobState | undefined> {
  const newest = (await generationsOf(folder, job)).at(-1);
  if (newest === undefined) return undefined;
  const path = pathOf(folder, job, newest);
  const text = await readText(path);
  // Replaced by the next generation between the two looks.
  return text === undefined ? readJobState(folder, job) : parsed(text, path);
}

function pathOf(folder: string, job: string, generation: number): string {
  return join(folder, `${job}.${generation}.json`);
}

function generationsOf(folder: string, job: string): Promise<readonly number[]> {
  return numbersOf(folder, `${job}.`, '.json');
}

function ticksOf(claims: string, job: string): Promise<readonly number[]> {
  return numbersOf(claims, `${job}.`, '');
}

/** The numbers between these two in the names of a folder; ascending. */
async function numbersOf(folder: string, before: string, after: string): Promise<readonly number[]> {
  const found = (await namesIn(folder)).filter((name) => name.startsWith(before) && name.endsWith(after));
  return found
    .map((name) => name.slice(before.length, name.length - after.length))
    .filter((text) => /^\d{1,15}$/.test(text))
    .map(Number)
    .toSorted((left, right) => left - right);
}

function parsed(text: string, path: string): JobState {
  try {
    return JSON.parse(text) as JobState;
  } catch (cause) {
    throw new ToolError('state_unavailable', `the state of a job is damaged: ${path}`, {
      hint: 'Move the file away; the job then begins anew, and what was missed is not run.',
      cause,
    });
  }
}

/** Old ticks can never come again: `taken` lies behind them. */
async function forget(claims: string, job: string, before: number): Promise<void> {
  for (const tick of await ticksOf(claims, job)) {
    if (tick < before) await removeFile(join(claims, `${job}.${tick}`));
  }
}
