import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readChecks, type PointCheck } from './checks.ts';
import { checkSizes, parseManifest, type Damage, type Manifest } from './manifest.ts';
import { isOwnerAlive, parseOwner } from './owner.ts';
import { isPointId, parsePoint, type Point, type StoredPoint } from './point.ts';

/** A finished backup and what names and sizes tell of its damage. */
export interface ListedPoint extends StoredPoint {
  readonly damage: readonly Damage[];
  /** What was looked at since, oldest first. */
  readonly checks: readonly PointCheck[];
}

export interface PointList {
  /** Newest first. */
  readonly points: readonly ListedPoint[];
  /** Folders that look like a backup but cannot be read as one. */
  readonly unreadable: readonly { readonly folder: string; readonly why: string }[];
  /** Backups that are being written, or were left half-way. */
  readonly unfinished: readonly string[];
}

/**
 * Reads a folder store; one that is not there is empty. Content is not read: see `verifyLevel`.
 * @param checked how many of the newest are held against their manifest, by names and sizes; all by default
 * @throws Error when it is there and cannot be read
 */
export async function listPoints(store: string, checked: number = Infinity): Promise<PointList> {
  const names = (await namesIn(store)).toSorted((one, other) => (one < other ? 1 : -1));
  const points: ListedPoint[] = [];
  const unreadable: { folder: string; why: string }[] = [];
  for (const name of names.filter(isPointId)) {
    const folder = join(store, name);
    try {
      const point = await readPoint(folder);
      points.push({
        folder,
        point,
        damage: points.length < checked ? (await readManifest(folder, point)).damage : [],
        checks: await readChecks(folder),
      });
    } catch (error) {
      unreadable.push({ folder, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { points, unreadable, unfinished: names.filter(isUnfinished).map((name) => join(store, name)) };
}

async function namesIn(store: string): Promise<string[]> {
  try {
    return await readdir(store);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws Error when the folder holds no readable point of its own name */
export async function readPoint(folder: string): Promise<Point> {
  const point = parsePoint(await readFile(join(folder, 'point.json'), 'utf8'));
  if (!folder.endsWith(`/${point.id}`)) throw new Error(`point.json is that of ${point.id}`);
  return point;
}

/** The point's manifest, if it is the one that the point was finished with, and damage by names and sizes. */
export async function readManifest(
  folder: string,
  point: Point,
): Promise<{ readonly manifest?: Manifest; readonly damage: readonly Damage[] }> {
  const file = 'manifest.json';
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  if (text === undefined) return { damage: [{ kind: 'missing', file, why: 'the manifest is not there' }] };
  if (createHash('sha256').update(text).digest('hex') !== point.manifest.sha256) {
    return { damage: [{ kind: 'content', file, why: 'the manifest is not the one that point.json names' }] };
  }
  const manifest = parseManifest(text);
  return { manifest, damage: await checkSizes(folder, manifest) };
}

/** Unfinished backups of a store that living processes write, but for the one in `but`. */
export async function othersWriting(store: string, but: string): Promise<string[]> {
  const names = await readdir(store).catch(() => []);
  const writing: string[] = [];
  for (const folder of names.filter(isUnfinished).map((name) => join(store, name))) {
    const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => undefined);
    if (folder !== but && (text === undefined ? await isYoung(folder) : await isOwnedByLiving(text)))
      writing.push(folder);
  }
  return writing;
}

/** Made so lately that its owner may be about to sign it. */
async function isYoung(folder: string): Promise<boolean> {
  const status = await stat(folder).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs < 10_000;
}

/** Removes backups left half-way by processes that are gone. @returns the folders removed */
export async function sweepUnfinished(store: string): Promise<string[]> {
  const names = await readdir(store).catch(() => []);
  const removed: string[] = [];
  for (const folder of names.filter(isUnfinished).map((name) => join(store, name))) {
    const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => undefined);
    // the owner is written first of all: without one the folder is empty, and may be a moment old
    if (text === undefined ? await isYoung(folder) : await isOwnedByLiving(text)) continue;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    removed.push(folder);
  }
  return removed;
}

async function isOwnedByLiving(text: string): Promise<boolean> {
  try {
    return await isOwnerAlive(parseOwner(text));
  } catch {
    return false; // cut while it was written
  }
}

function isUnfinished(name: string): boolean {
  return name.endsWith('.part') && isPointId(name.slice(0, -'.part'.length));
}
