import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReaper } from '../host/reaper.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { BackendUnavailable } from '../unavailable.ts';
import { removeControlGroups } from './control-groups.ts';
import { askEngine } from './engine-api.ts';
import { engineProcess, type EngineProcess } from './engine-process.ts';
import { importImage } from './images.ts';
import { composeProgram, existingHost, missingDocker, pairOf } from './programs.ts';
import type { DockerOptions, DockerServer } from './types.ts';

/**
 * A real Docker engine in namespaces of its own, with a Compose binary; or the one at `TESTBED_DOCKER_HOST`.
 *
 * Whatever ends this process, the engine ends with all its containers, and its folder and control groups are removed.
 * @throws BackendUnavailable when this machine has none of that version
 */
export async function startDocker(options: DockerOptions = {}): Promise<DockerServer> {
  const { engine, compose } = pairOf(options);
  const missing = missingDocker(options);
  if (missing !== undefined) throw new BackendUnavailable(missing);
  sweepStaleFolders();
  const folder = createWorkFolder();
  const reaper = startReaper(folder);
  const existing = existingHost(options.control);
  const running = existing === undefined ? engineProcess(engine, folder) : notOurs(existing);
  const stop = async (): Promise<void> => {
    if (existing === undefined) await running.down();
    await removeControlGroups(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
  };
  try {
    writeFileSync(join(folder, 'daemon.json'), '{}\n');
    if (existing === undefined) await running.up();
  } catch (error) {
    await stop();
    throw error;
  }
  const socket = join(folder, 'docker.sock');
  const host = existing ?? `unix://${socket}`;
  return {
    ...running,
    host,
    socket: host.startsWith('unix://') ? host.slice('unix://'.length) : '',
    engine,
    composeProgram: composeProgram(compose),
    environment: environmentOf(host, folder),
    folder,
    ask: (path, method, body) => askEngine({ host, path, ...(method && { method }), body }),
    importBase: (reference) => importImage({ host }, { reference }),
    stop,
  };
}

function environmentOf(host: string, folder: string): NodeJS.ProcessEnv {
  const configuration = join(folder, 'client');
  return { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: configuration, DOCKER_HOST: host };
}

/** Stands in for the process of an engine that somebody else runs. */
function notOurs(host: string): EngineProcess {
  const refuse = (): never => {
    throw new Error(`the engine at ${host} is not the test bed's to end`);
  };
  return {
    up: async () => refuse(),
    down: async () => refuse(),
    pause: refuse,
    resume: refuse,
    logs: () => '',
    pid: () => undefined,
    namespacePid: () => undefined,
  };
}
