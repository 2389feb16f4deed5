import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { serverIdentity } from './run-as.ts';

/**
 * Folder for what is worth keeping between runs: binaries and initialised clusters.
 * `$XDG_CACHE_HOME/cinecom-testbed`, else under `~/.cache`; for root `/var/cache/cinecom-testbed`, since the account
 * that its servers run as cannot pass through root's home.
 */
export function cacheFolder(): string {
  const base = serverIdentity() ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(base, 'cinecom-testbed');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}
