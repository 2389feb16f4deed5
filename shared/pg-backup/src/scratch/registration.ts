import { chown, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isOwnerAlive, parseOwner, thisOwner } from '../point/owner.ts';
import type { Identity } from '../process/identity.ts';
import { startReaper, type Reaper } from './reaper.ts';

/** The folder of one scratch server, watched over from outside from the first moment. */
export interface ScratchPlace {
  readonly folder: string;
  readonly data: string;
  readonly socket: string;
  /** The server's account; undefined: ours. */
  readonly identity: Identity | undefined;
  readonly reaper: Reaper;
}

const prefix = 'scratch-';
const registrationFile = 'scratch.json';
// sockaddr_un holds 107 bytes with the file's own name
const maxSocketFolderBytes = 80;

/** Makes and registers a folder for one scratch server below `parent`, which is made when it is not there. */
export async function registerScratch(parent: string, identity: Identity | undefined): Promise<ScratchPlace> {
  const root = resolve(parent);
  await mkdir(root, { recursive: true, mode: 0o711 });
  await refuseForeign(root, identity);
  const folder = await mkdtemp(join(root, prefix));
  const inside = join(folder, 'socket');
  const fits = Buffer.byteLength(inside) <= maxSocketFolderBytes;
  const socket = fits ? inside : await mkdtemp(join(tmpdir(), 'cinecom-socket-'));
  const more = fits ? [] : [socket];
  const reaper = startReaper(folder, more);
  try {
    await writeFile(join(folder, registrationFile), JSON.stringify({ ...(await thisOwner()), more }), { mode: 0o600 });
    if (fits) await mkdir(socket, { mode: 0o700 });
    for (const path of identity ? [folder, socket] : []) await chown(path, identity?.uid ?? 0, identity?.gid ?? 0);
    return { folder, data: join(folder, 'data'), socket, identity, reaper };
  } catch (error) {
    await reaper.reap();
    throw error;
  }
}

/** The folder for scratch servers is none that one may run in. */
export class ScratchFolderError extends Error {
  override readonly name = 'ScratchFolderError';
}

/** In a folder of somebody else's a server could be given other files than its own. @throws ScratchFolderError */
async function refuseForeign(root: string, identity: Identity | undefined): Promise<void> {
  const { uid, mode } = await stat(root);
  const ours = [0, process.getuid?.() ?? uid, identity?.uid];
  const isShared = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  if (ours.includes(uid) && !isShared) return;
  throw new ScratchFolderError(
    `the scratch folder ${root} ${isShared ? 'can be written by others' : 'belongs to another account'}`,
  );
}

/**
 * Removes scratch servers below `parent` whose owner is gone together with its reaper, as after a power cut.
 * @returns the folders removed
 */
export async function reapScratch(parent: string): Promise<string[]> {
  const root = resolve(parent);
  const names = await readdir(root).catch(() => []);
  const removed: string[] = [];
  for (const folder of names.filter((name) => name.startsWith(prefix)).map((name) => join(root, name))) {
    const text = await readFile(join(folder, registrationFile), 'utf8').catch(() => undefined);
    // registered right after it was made: without a registration it is a moment old, and empty
    if (text === undefined) continue;
    const { alive, more } = await registered(text);
    if (alive) continue;
    await startReaper(folder, more).reap();
    removed.push(folder);
  }
  return removed;
}

async function registered(text: string): Promise<{ alive: boolean; more: readonly string[] }> {
  try {
    const { more } = JSON.parse(text) as { more?: unknown };
    const folders = Array.isArray(more) ? more.filter((path) => typeof path === 'string') : [];
    const own = folders.filter((path) => path.startsWith(join(tmpdir(), 'cinecom-socket-')));
    return { alive: await isOwnerAlive(parseOwner(text)), more: own };
  } catch {
    return { alive: false, more: [] }; // cut while it was written
  }
}
