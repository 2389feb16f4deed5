import { fitsAddress } from './address.ts';
import { findInstallation } from './installation.ts';
import { startPostgres } from './start-postgres.ts';
import type { PostgresOptions, PostgresServer } from './types.ts';

// The one module-level state of the test bed: a server takes longer to start than most tests to run, so tests of one
// process share it and each takes a database of its own. It ends with the process, by its reaper.
const running = new Map<string, Promise<PostgresServer>>();

type Choice = Pick<PostgresOptions, 'major' | 'prefer'>;

/** The same programs are the same server, by whatever options they were chosen. */
function keyOf(choice: Choice): string {
  const address = process.env.TESTBED_POSTGRES_URL;
  if (address && fitsAddress(choice)) return `${address} ${choice.major ?? ''}`;
  return findInstallation(choice).binDir;
}

/**
 * The server of this process for a major and source, started at the first call. Do not stop it or change its settings.
 * @throws BackendUnavailable when this machine has none that fits
 */
export async function sharedPostgres({ major, prefer }: Choice = {}): Promise<PostgresServer> {
  const key = keyOf({ major, prefer });
  const started = running.get(key) ?? startPostgres({ major, prefer });
  running.set(key, started);
  return started;
}
