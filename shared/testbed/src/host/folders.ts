import { mkdirSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serverIdentity } from './run-as.ts';

const searchByOthers = 0o001;

/** Whether the account that servers run as can pass through every folder above `path`. */
function isReachable(path: string): boolean {
  if (serverIdentity() === undefined) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const mode = statSync(folder, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & searchByOthers) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Folder for what is worth keeping between runs: binaries and initialised clusters.
 * `$XDG_CACHE_HOME/cinecom-testbed`, for root `/var/cache/cinecom-testbed`, else under `~/.cache`;
 * the temporary folder where the server's account could not reach it.
 */
export function cacheFolder(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  const base = xdg || (serverIdentity() === undefined ? join(homedir(), '.cache') : '/var/cache');
  const chosen = isReachable(base) ? base : tmpdir();
  const folder = join(chosen, 'cinecom-testbed');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}
