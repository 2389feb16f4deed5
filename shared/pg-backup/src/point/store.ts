import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { othersWriting } from './list-points.ts';
import { createManifest } from './manifest.ts';
import { createPointId, type Point, type PointFacts, type StoredPoint } from './point.ts';
import { thisOwner } from './owner.ts';

/** A backup that is being written; nobody takes it for one before `finish`. */
export interface UnfinishedPoint {
  readonly id: string;
  /** Ends in `.part`; files and folders made here become the backup. */
  readonly folder: string;
  /** Writes manifest and point, puts all on the disk and gives the folder its name. */
  finish(facts: PointFacts, signal: AbortSignal): Promise<StoredPoint>;
  /** Removes all of it. */
  abandon(): Promise<void>;
}

export interface BeginOptions {
  readonly now: Date;
  /** At least 3 random bytes, so that two backups of one millisecond differ. */
  readonly random: Uint8Array;
}

/** Another backup is being written to the same store. */
export class BusyStoreError extends Error {
  override readonly name = 'BusyStoreError';
}

/**
 * Begins a backup in the folder store, which is made when it is not there (0700).
 * @throws BusyStoreError; two that begin at the same moment may both be refused, never both begin
 */
export async function beginPoint(store: string, { now, random }: BeginOptions): Promise<UnfinishedPoint> {
  const id = createPointId(now, random);
  const folder = join(store, `${id}.part`);
  await mkdir(store, { recursive: true, mode: 0o700 });
  await mkdir(folder, { mode: 0o700 });
  await writeDurably(join(folder, 'owner.json'), JSON.stringify(await thisOwner()));
  const abandon = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  // Looked at after our own is there, so that of two at least one sees the other.
  const [other] = await othersWriting(store, folder);
  if (other !== undefined) {
    await abandon();
    throw new BusyStoreError(`a backup is being written to ${store} already: ${basename(other)}`);
  }
  return {
    id,
    folder,
    async finish(facts, signal) {
      const manifest = await createManifest(folder, signal);
      const text = `${JSON.stringify(manifest)}\n`;
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
      const sha256 = createHash('sha256').update(text).digest('hex');
      const point: Point = {
        format: 1,
        id,
        ...facts,
        bytes,
        manifest: { files: manifest.files.length, bytes, sha256 },
      };
      for (const { path, link } of manifest.files) if (link === undefined) await putOnDisk(join(folder, path));
      await writeDurably(join(folder, 'manifest.json'), text);
      await writeDurably(join(folder, 'point.json'), `${JSON.stringify(point, null, 1)}\n`);
      signal.throwIfAborted();
      const place = join(store, id);
      await rename(folder, place);
      await rm(join(place, 'owner.json'));
      await putOnDisk(store);
      return { folder: place, point };
    },
    abandon,
  };
}

/** Bytes that an unprivileged program can still write where `folder` lies. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function putOnDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
