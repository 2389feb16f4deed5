import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../host/free-port.ts';
import { startReaper } from '../host/reaper.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { administer } from './administration.ts';
import { hasContrib, writeConfiguration } from './configuration.ts';
import type { Installation } from './installation.ts';
import { createPostmaster, type Postmaster } from './postmaster.ts';
import type { PostgresOptions, PostgresServer, ShutdownMode } from './types.ts';

const host = '127.0.0.1';
const portTries = 3;

export interface Launch {
  readonly installation: Installation;
  readonly options: PostgresOptions;
  /** Makes the data folder at `data`. */
  readonly fill: (data: string) => Promise<void>;
  /** Called once the server runs. @returns the superuser's password, empty for none */
  readonly settle: (socketFolder: string, port: number) => Promise<string>;
}

/** Another process can take a free port before the server does, so a few are tried. @returns the port it listens on */
async function bind({ installation, options }: Launch, folder: string, postmaster: Postmaster): Promise<number> {
  for (let left = portTries; ; left -= 1) {
    const port = await freePort();
    writeConfiguration(installation, options, folder, port);
    try {
      await postmaster.up();
      return port;
    } catch (error) {
      if (left === 1 || !postmaster.logs().includes('Address already in use')) throw error;
    }
  }
}

/** Starts a server in a folder of its own, which goes with it, whatever ends this process. */
export async function launch(plan: Launch): Promise<PostgresServer> {
  sweepStaleFolders();
  const { installation, options } = plan;
  const { source, major, version, binDir } = installation;
  const folder = createWorkFolder();
  const reaper = startReaper(folder);
  const postmaster = createPostmaster(binDir, folder);
  const stop = async (): Promise<void> => {
    await postmaster.down('immediate');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
  };
  try {
    await plan.fill(join(folder, 'data'));
    const port = await bind(plan, folder, postmaster);
    const password = await plan.settle(folder, port);
    const address = `postgresql://postgres${password && `:${encodeURIComponent(password)}`}@${host}:${port}/postgres`;
    const administration = administer(address);
    for (const name of options.databases ?? []) await administration.createDatabase(name);
    return {
      ...administration,
      ...postmaster,
      source,
      major,
      version,
      binDir,
      host,
      port,
      stop,
      hasClientTools: existsSync(join(binDir, 'pg_dump')),
      hasContrib: hasContrib(installation),
      down: (mode: ShutdownMode = 'fast') => postmaster.down(mode),
      async restart(mode: ShutdownMode = 'fast') {
        await postmaster.down(mode);
        await postmaster.up();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
