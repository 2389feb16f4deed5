import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { fitsAddress, serverAt } from './address.ts';
import { findInstallation } from './installation.ts';
import { launch } from './launch.ts';
import { createCluster } from './template.ts';
import type { PostgresOptions, PostgresServer } from './types.ts';

/** Through the socket in the server's own folder, where no password is asked. */
async function setSuperuserPassword(socketFolder: string, port: number): Promise<string> {
  const password = randomBytes(12).toString('hex');
  const client = new Client({ host: socketFolder, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  await client.query(`ALTER ROLE postgres PASSWORD ${client.escapeLiteral(password)}`);
  await client.end();
  return password;
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
  return launch({
    installation,
    options,
    fill: (data) => createCluster(installation, data, options.fresh ?? false),
    settle: options.auth === 'scram' ? setSuperuserPassword : () => Promise.resolve(''),
  });
}
