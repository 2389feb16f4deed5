import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** The process that runs an operation. */
export interface Owner {
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
  /** Start of the process in clock ticks since boot, where the system tells: a pid alone may be reused. */
  readonly started?: string;
}

export async function thisProcess(): Promise<Owner> {
  const started = await startOf(process.pid);
  return { instance: randomUUID(), host: hostname(), pid: process.pid, ...(started !== undefined && { started }) };
}

/** Whether another process of this host that owns something still lives. */
export async function lives(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname() || owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return owner.started === undefined || (await startOf(owner.pid)) === owner.started;
}

/** Field 22 of /proc/<pid>/stat, counted after the command in parentheses, which may hold anything. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // Without /proc the pid has to do.
    return undefined;
  }
}
