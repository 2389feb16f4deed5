import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReaper } from '../host/reaper.ts';
import { serverProcess } from '../host/server-process.ts';
import { withFreePort } from '../host/with-free-port.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { systemPrograms } from '../system-programs.ts';
import { BackendUnavailable } from '../unavailable.ts';
import type { SideServer } from './types.ts';

const quietRoute = 'route: { receiver: nobody, group_wait: 1s, group_interval: 1s }\nreceivers: [{ name: nobody }]\n';

/**
 * A real Alertmanager without peers on a free port of loopback.
 *
 * @param options.config text of its configuration; default: everything goes to a receiver that tells nobody
 * @throws BackendUnavailable when this machine has none
 */
export async function startAlertmanager(options: { readonly config?: string } = {}): Promise<SideServer> {
  return startSideServer('alertmanager', (folder, port) => {
    writeFileSync(join(folder, 'alertmanager.yml'), options.config ?? quietRoute);
    mkdirSync(join(folder, 'data'), { recursive: true });
    return [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ];
  });
}

/** A real node exporter of this machine. @throws BackendUnavailable when there is none */
export async function startNodeExporter(): Promise<SideServer> {
  return startSideServer('nodeExporter', (folder, port) => [
    `--web.listen-address=127.0.0.1:${port}`,
    `--collector.textfile.directory=${folder}`,
  ]);
}

async function startSideServer(
  name: 'alertmanager' | 'nodeExporter',
  argvOf: (folder: string, port: number) => readonly string[],
): Promise<SideServer> {
  const { path, package: from } = systemPrograms[name];
  if (!existsSync(path)) throw new BackendUnavailable(`no ${from} here; install the package ${from}`);
  sweepStaleFolders();
  const folder = createWorkFolder();
  const reaper = startReaper(folder);
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
  };
  try {
    const { port, running } = await withFreePort((free) =>
      serverProcess({ program: path, argv: argvOf(folder, free), folder, ready: 'Listening on' }),
    );
    const stop = async (): Promise<void> => {
      await running.down();
      remove();
    };
    return { ...running, url: `http://127.0.0.1:${port}`, port, folder, stop };
  } catch (error) {
    remove();
    throw error;
  }
}
