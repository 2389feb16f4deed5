import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../host/free-port.ts';
import { startReaper } from '../host/reaper.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { fitsAddress, serverAt } from './address.ts';
import { administer } from './administration.ts';
import { hasContrib, writeConfiguration } from './configuration.ts';
import { findInstallation, type Installation } from './installation.ts';
import { createPostmaster } from './postmaster.ts';
import { createCluster } from './template.ts';
import type { PostgresOptions, PostgresServer, ShutdownMode } from './types.ts';

const host = '127.0.0.1';

/** Through the socket in the server's own folder, where no password is asked. */
async function setSuperuserPassword(folder: string, port: number, password: string): Promise<void> {
  const client = new Client({ host: folder, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  await client.query(`ALTER ROLE postgres PASSWORD ${client.escapeLiteral(password)}`);
  await client.end();
}

async function launch(installation: Installation, options: PostgresOptions): Promise<PostgresServer> {
  const folder = createWorkFolder();
  const reaper = startReaper(folder);
  const postmaster = createPostmaster(installation.binDir, folder);
  const stop = async (): Promise<void> => {
    await postmaster.down('immediate');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
  };
  try {
    await createCluster(installation, join(folder, 'data'), options.fresh ?? false);
    const port = await freePort();
    writeConfiguration(installation, options, folder, port);
    await postmaster.up();
    const password = options.auth === 'scram' ? randomBytes(12).toString('hex') : '';
    if (password !== '') await setSuperuserPassword(folder, port, password);
    const administration = administer(`postgresql://postgres${password && `:${password}`}@${host}:${port}/postgres`);
    for (const name of options.databases ?? []) await administration.createDatabase(name);
    const { source, major, version, binDir } = installation;
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

/**
 * A real PostgreSQL: the one at `TESTBED_POSTGRES_URL`, else the system's, else an embedded one.
 *
 * Whatever ends this process, the server ends with it and its data are removed.
 * @throws BackendUnavailable when this machine has none that fits
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const address = process.env.TESTBED_POSTGRES_URL;
  if (address && fitsAddress(options)) {
    const given = await serverAt(address, options);
    if (given) return given;
  }
  const installation = findInstallation(options);
  sweepStaleFolders();
  return launch(installation, options);
}
