import { readFileSync } from 'node:fs';
import { readSmallFile } from '../files/folder.ts';

/** Tells one process of one boot from every other. */
export interface ProcessMark {
  readonly pid: number;
  /** Linux boot id; empty elsewhere. */
  readonly boot: string;
  /** Start time in clock ticks since boot; empty where unknown. */
  readonly started: string;
}

export function currentProcess(): ProcessMark {
  return { pid: process.pid, boot: procFile('/proc/sys/kernel/random/boot_id'), started: startOf('self') };
}

/** Whether the writer of this `.open` file still runs. A file that cannot be read counts as a dead process. */
export async function isRunning(openFile: string): Promise<boolean> {
  const mark = parse(await readSmallFile(openFile));
  const own = currentProcess();
  if (mark === undefined || mark.boot !== own.boot) return false;
  if (own.started !== '') return startOf(String(mark.pid)) === mark.started;
  try {
    process.kill(mark.pid, 0);
    return true;
  } catch {
    // No such process, or another user's: a log of this folder is always our own user's.
    return false;
  }
}

function parse(text: string | undefined): ProcessMark | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<ProcessMark>;
    const { pid, boot, started } = value;
    return Number.isSafeInteger(pid) && pid !== undefined && typeof boot === 'string' && typeof started === 'string'
      ? { pid, boot, started }
      : undefined;
  } catch {
    // Written in part by a process that died.
    return undefined;
  }
}

function startOf(pid: string): string {
  // The command name in field 2 may hold spaces and brackets; field 22 is the 20th after the last bracket.
  return procFile(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
}

function procFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Not Linux, or no such process.
    return '';
  }
}
