import { join } from 'node:path';
import type { Outcome } from '../call/request.ts';
import { ToolError } from '../errors/tool-error.ts';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from '../state/files.ts';

/** Why a run began: its time came, or it came while no daemon ran. */
export type Why = 'due' | 'missed';

/** A run that has ended, as it is kept and shown. Times are UTC ms. */
export interface JobRun {
  readonly run: string;
  readonly tick: number;
  readonly why: Why;
  readonly startedAt: number;
  readonly ms: number;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly verdict?: string;
  /** The answer as it left the pipeline, cut. */
  readonly text: string;
  /** Receivers that could not be told. */
  readonly undelivered?: readonly string[];
}

export interface JobState {
  /** Newest tick that was taken, or that needs no run: the first start of the daemon. */
  readonly taken: number;
  /** Begun and not yet ended. */
  readonly begun?: { readonly run: string; readonly tick: number; readonly why: Why; readonly startedAt: number };
  /** Newest first. */
  readonly runs: readonly JobRun[];
}

export interface JobFiles {
  read(job: string): Promise<JobState | undefined>;
  write(job: string, state: JobState): Promise<void>;
  /**
   * Takes a tick before its run begins. True for exactly one caller, over all processes and for ever: two daemons that
   * each think they hold the lock still run it once.
   */
  claim(job: string, tick: number): Promise<boolean>;
}

const mostRuns = 20;
const keepMs = 7 * 86_400_000;

/** State of the jobs under `<state>/daemon`: one file a job, one empty file a tick that was taken within a week. */
export function jobFiles(folder: string): JobFiles {
  const claims = join(folder, 'ticks');
  const pathOf = (job: string): string => join(folder, `${job}.json`);
  return {
    async read(job) {
      const text = await readText(pathOf(job));
      return text === undefined ? undefined : parsed(text, pathOf(job));
    },
    async write(job, state) {
      await privateFolder(folder);
      await replaceFile(pathOf(job), JSON.stringify({ ...state, runs: state.runs.slice(0, mostRuns) }));
    },
    async claim(job, tick) {
      await privateFolder(folder, 'ticks');
      const claimed = await createFile(join(claims, `${job}.${tick}`), '');
      if (claimed) await forget(claims, job, tick - keepMs);
      return claimed;
    },
  };
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
  const old = (await namesIn(claims)).filter((name) => {
    const [owner, tick] = name.split('.');
    return owner === job && Number(tick) < before;
  });
  for (const name of old) await removeFile(join(claims, name));
}
