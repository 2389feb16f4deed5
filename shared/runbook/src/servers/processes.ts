/** The processes that this one has started and that may still run, so that a second Ctrl-C can end them at once. */
export interface Processes {
  readonly pids: Set<number>;
  /** SIGKILL to all of them. */
  killAll(): void;
}

export function createProcesses(): Processes {
  const pids = new Set<number>();
  const killAll = (): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    }
  };
  return { pids, killAll };
}
