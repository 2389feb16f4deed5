import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../host/command.ts';
import { cacheFolder } from '../host/folders.ts';
import { serverIdentity } from '../host/run-as.ts';
import type { Installation } from './installation.ts';

/** Whatever the caller's own: byte order for sorting, but characters of every language count as letters. */
const localeArguments = ['--locale=C', `--lc-ctype=${process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'}`];

async function initialise({ binDir }: Installation, data: string): Promise<void> {
  const argv = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', ...localeArguments];
  await command(join(binDir, 'initdb'), argv, serverIdentity());
}

/** A cluster as initdb leaves it, made once a version and kept. Renamed into place, so it is there whole or not at all. */
async function template(installation: Installation): Promise<string> {
  const identity = serverIdentity();
  const owner = identity?.uid ?? process.getuid?.() ?? 0;
  const place = join(cacheFolder(), `cluster-${installation.source}-${installation.version}-${owner}`);
  if (existsSync(place)) return place;
  const draft = mkdtempSync(`${place}-`);
  if (identity) chownSync(draft, identity.uid, identity.gid);
  await initialise(installation, draft);
  try {
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // otherwise another process was first
  }
  return place;
}

/** Makes the data folder `data`: a copy of the kept cluster, or a new one with `fresh`. */
export async function createCluster(installation: Installation, data: string, fresh: boolean): Promise<void> {
  const identity = serverIdentity();
  if (fresh) {
    mkdirSync(data, { mode: 0o700 });
    if (identity) chownSync(data, identity.uid, identity.gid);
    await initialise(installation, data);
  } else {
    await command('cp', ['-Rp', await template(installation), data], identity);
  }
}
