import { startPostgres } from './start-postgres.ts';
import type { PostgresOptions, PostgresServer } from './types.ts';

// The one module-level state of the test bed: a server takes longer to start than most tests to run, so tests of one
// process share it and each takes a database of its own. It ends with the process, by its reaper.
const running = new Map<string, Promise<PostgresServer>>();

/** The server of this process for a major and source, started at the first call. Do not stop it or change its settings. */
export function sharedPostgres({
  major,
  prefer,
}: Pick<PostgresOptions, 'major' | 'prefer'> = {}): Promise<PostgresServer> {
  const key = `${prefer ?? 'any'} ${major ?? 'any'}`;
  const started = running.get(key) ?? startPostgres({ major, prefer });
  running.set(key, started);
  return started;
}
