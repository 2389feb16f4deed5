import { existsSync } from 'node:fs';
import { readdir, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { serverEnvironment } from '../process/environment.ts';
import { run } from '../process/run.ts';
import type { ScratchPlace } from '../scratch/registration.ts';

/** What a copy must not have of its source, or it would follow it, or keep its WAL. */
const ofTheSource = ['standby.signal', 'recovery.signal', 'postmaster.pid', 'postmaster.opts'];

/**
 * Copies a base backup into a scratch folder, for its account, as a server that stands alone.
 * @param folder of the backup; one that lies in the scratch folder already is moved
 * @throws Error when it cannot be copied
 */
export async function fillFromBase(folder: string, place: ScratchPlace, signal: AbortSignal): Promise<void> {
  const take = folder.startsWith(`${place.folder}/`) ? rename : (from: string, to: string) => copy(from, to, signal);
  await take(join(folder, 'base'), place.data);
  const tablespaces = join(place.folder, 'tablespaces');
  if (existsSync(join(folder, 'tablespaces'))) await take(join(folder, 'tablespaces'), tablespaces);
  for (const name of ofTheSource) await rm(join(place.data, name), { force: true });
  const slots = join(place.data, 'pg_replslot');
  for (const name of await readdir(slots)) await rm(join(slots, name), { recursive: true });
  // Beside the command line it is the only file of the source that the server would read.
  await truncate(join(place.data, 'postgresql.auto.conf')).catch(() => undefined);
  if (place.identity === undefined) return;
  const owner = `${place.identity.uid}:${place.identity.gid}`;
  for (const path of [place.data, ...(existsSync(tablespaces) ? [tablespaces] : [])]) {
    await work('chown', ['-R', '--no-dereference', owner, '--', path], signal);
  }
}

async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
  await work('cp', ['-a', '--', from, to], signal);
}

async function work(program: string, argv: readonly string[], signal: AbortSignal): Promise<void> {
  const end = await run({ program, argv, env: serverEnvironment(), signal });
  signal.throwIfAborted();
  if (end.outcome !== 'ok') throw new Error(`${program} failed: ${end.why}`);
}
