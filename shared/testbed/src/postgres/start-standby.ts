import { join } from 'node:path';
import { command } from '../host/command.ts';
import { serverIdentity } from '../host/run-as.ts';
import { BackendUnavailable } from '../unavailable.ts';
import { findInstallation } from './installation.ts';
import { launch } from './launch.ts';
import type { PostgresOptions, PostgresServer } from './types.ts';

export interface StandbyOptions extends Pick<PostgresOptions, 'settings'> {
  /** Name of a physical slot to create on the primary and stream from. */
  readonly slot?: string;
  /** As `pg_stat_replication` of the primary shows it; `standby` by default. */
  readonly name?: string;
}

/**
 * A hot standby that streams from `primary`, of the same major.
 * @throws BackendUnavailable when the primary's programs lack `pg_basebackup`, as the embedded ones do
 */
export async function startStandby(primary: PostgresServer, options: StandbyOptions = {}): Promise<PostgresServer> {
  if (!primary.hasClientTools) {
    throw new BackendUnavailable("a standby needs pg_basebackup: start the primary with prefer: 'debian'");
  }
  const { slot, name = 'standby', settings } = options;
  const { username, password, hostname, port } = new URL(primary.superuserUrl());
  const installation = findInstallation({ major: primary.major, prefer: 'debian' });
  const from = ['-h', hostname, '-p', port, '-U', username];
  const slotArguments = slot === undefined ? [] : ['-C', '-S', slot];
  const standby = await launch({
    installation,
    options: { settings: { cluster_name: name, ...settings } },
    async fill(data) {
      const argv = ['-D', data, ...from, '-R', '-X', 'stream', '-c', 'fast', '--no-sync', ...slotArguments];
      // by environment: an argument would show the password to everybody on the machine
      const environment = { ...process.env, PGPASSWORD: password };
      await command(join(installation.binDir, 'pg_basebackup'), argv, serverIdentity(), environment);
    },
    settle: () => Promise.resolve(password),
  });
  return {
    ...standby,
    url(role, database) {
      const url = new URL(primary.url(role, database));
      url.port = String(standby.port);
      return url.href;
    },
  };
}
