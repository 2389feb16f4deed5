import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processTree } from '../host/processes.ts';
import { serverProcess, type ServerProcess } from '../host/server-process.ts';
import { busybox, enginePath } from './programs.ts';
import type { DockerEngine } from './types.ts';

// Published ports on loopback need it up; a new network namespace has it down.
const launch = `PATH=$1; export PATH; shift; ${busybox} ip link set lo up; exec dockerd "$@"`;

const apart: readonly string[] = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

export interface EngineProcess extends ServerProcess {
  readonly namespacePid: () => number | undefined;
}

/**
 * An engine in mount, network and process namespaces of its own: when its first process dies, the kernel ends containerd,
 * shims and containers, and mounts, bridges and packet filters vanish with the namespaces.
 */
export function engineProcess(engine: DockerEngine, folder: string): EngineProcess {
  const running = serverProcess({
    program: 'unshare',
    argv: [...apart, 'sh', '-c', launch, 'testbed-dockerd', enginePath(engine).join(':'), ...argvOf(folder)],
    folder,
    ready: 'API listen on',
  });
  let first: number | undefined;
  const signal = (name: NodeJS.Signals): void => {
    if (first !== undefined && isAlive(first)) process.kill(first, name);
  };

  async function up(): Promise<void> {
    // its pid is 1 each time, so a file left by a killed one would look like a live engine
    for (const name of ['exec', 'pid', 'docker.sock']) rmSync(join(folder, name), { recursive: true, force: true });
    await running.up();
    first = processTree(running.pid() ?? 0)[1];
  }

  async function down(): Promise<void> {
    first ??= processTree(running.pid() ?? 0)[1];
    if (first !== undefined) {
      signal('SIGKILL');
      // the outer process ends by itself once nothing is left in the namespaces, and not before
      while (running.pid() !== undefined) await delay(5);
    }
    await running.down();
    first = undefined;
  }

  return {
    ...running,
    up,
    down,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    namespacePid: () => first,
  };
}

function argvOf(folder: string): readonly string[] {
  const values = {
    '--data-root': join(folder, 'data'),
    '--exec-root': join(folder, 'exec'),
    '--pidfile': join(folder, 'pid'),
    '--host': `unix://${join(folder, 'docker.sock')}`,
    // the reaper knows control groups by the folder's name
    '--cgroup-parent': `/${basename(folder)}`,
    '--exec-opt': 'native.cgroupdriver=cgroupfs',
    // not the one of the system's engine
    '--config-file': join(folder, 'daemon.json'),
  };
  return Object.entries(values).flat();
}
