import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time a process has used so far, all threads, in ms.
 *
 * From `/proc/<pid>/task/<tid>/schedstat`, which counts nanoseconds where `/proc/<pid>/stat` counts ticks of 10 ms.
 * Threads that ended are not counted; Node's own pool lives as long as the process.
 */
export function cpuMs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((tid) =>
    Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, part) => sum + part, 0) / 1e6;
}

/** Resident set of a process in MB (10⁶ bytes). */
export function rssMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(line?.[1]) * 1024) / 1e6;
}
