import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process that was seen; `started` tells it from a later one of the same number. */
export interface Relative {
  readonly pid: number;
  readonly started: string;
}

/** What `pid` started, and what that started: `npx` runs a server as a grandchild. Linux only; elsewhere none. */
export function descendantsOf(pid: number): readonly Relative[] {
  const children = new Map<number, Relative[]>();
  for (const name of folders()) {
    const stat = statOf(Number(name));
    if (stat === undefined) continue;
    const siblings = children.get(stat.parent) ?? [];
    siblings.push({ pid: Number(name), started: stat.started });
    children.set(stat.parent, siblings);
  }
  const found: Relative[] = [];
  for (const open = [pid]; open.length > 0;) {
    const next = children.get(open.pop() ?? 0) ?? [];
    found.push(...next);
    open.push(...next.map((child) => child.pid));
  }
  return found;
}

/** Sends a signal to those that still run; at most once each, and never to a process that took over a number. */
export function signalAll(family: Iterable<Relative>, signal: NodeJS.Signals): number {
  let sent = 0;
  for (const { pid, started } of family) {
    if (statOf(pid)?.started !== started) continue;
    try {
      process.kill(pid, signal);
      sent += 1;
    } catch {
      // It ended in between, or belongs to another user.
    }
  }
  return sent;
}

const graceMs = 500;
const stepMs = 25;

/** Ends what is left of a family: SIGTERM, half a second, SIGKILL. */
export async function endFamily(family: readonly Relative[]): Promise<void> {
  if (signalAll(family, 'SIGTERM') === 0) return;
  for (let waited = 0; waited < graceMs; waited += stepMs) {
    await wait(stepMs);
    if (family.every(({ pid, started }) => statOf(pid)?.started !== started)) return;
  }
  signalAll(family, 'SIGKILL');
}

function folders(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    // No Linux.
    return [];
  }
}

/** Parent and start of a running process; a dead one that nobody has waited for does not count. */
function statOf(pid: number): { readonly parent: number; readonly started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; 4 is the parent and 22 the start in proc(5).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    // It has ended.
    return undefined;
  }
}
