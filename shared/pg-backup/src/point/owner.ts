import { readFile } from 'node:fs/promises';

/** The process that something on disk belongs to; a pid alone can be another process's by now. */
export interface Owner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, empty where the system does not tell. */
  readonly startedTicks: string;
  /** Empty where the system does not tell. */
  readonly bootId: string;
}

export async function thisOwner(): Promise<Owner> {
  return { pid: process.pid, startedTicks: await startedTicksOf(process.pid), bootId: await bootId() };
}

/** Whether that very process runs, in this boot. */
export async function isOwnerAlive(owner: Owner): Promise<boolean> {
  if (owner.bootId !== (await bootId())) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there and another's
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return (await startedTicksOf(owner.pid)) === owner.startedTicks;
}

/** @throws Error when the text names no owner */
export function parseOwner(text: string): Owner {
  const value = JSON.parse(text) as Partial<Owner> | null;
  if (typeof value?.pid !== 'number' || typeof value.bootId !== 'string' || typeof value.startedTicks !== 'string') {
    throw new Error('names no owner');
  }
  return { pid: value.pid, bootId: value.bootId, startedTicks: value.startedTicks };
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

async function startedTicksOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the name in brackets can hold spaces and brackets; the start is field 22, the 20th behind it
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}
