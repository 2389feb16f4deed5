import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface ManifestFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal; of the stored bytes, so of the encrypted ones where they are encrypted. */
  readonly sha256: string;
  /** Where a symbolic link leads; it has no bytes of its own. */
  readonly link?: string;
}

export interface Manifest {
  readonly format: 1;
  readonly files: readonly ManifestFile[];
}

export type DamageKind = 'missing' | 'size' | 'content' | 'extra' | 'unreadable' | 'structure';

/** Something in a backup that is not as it was written. */
export interface Damage {
  readonly kind: DamageKind;
  /** Relative to the point's folder. */
  readonly file: string;
  readonly why: string;
}

/** Files of a point that the manifest does not list; `checks.json` grows after it was finished. */
const ownFiles: ReadonlySet<string> = new Set(['point.json', 'manifest.json', 'owner.json', 'checks.json']);

/** Relative paths of all files and links under `folder`, sorted. */
export async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !ownFiles.has(path))
    .toSorted();
}

/** Sum of the sizes of all files under `folder`. */
export async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  for (const path of await filesUnder(folder)) bytes += (await lstat(join(folder, path))).size;
  return bytes;
}

/** SHA-256 of a file, hexadecimal, read in pieces. */
export async function digestFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash, { signal });
  return hash.digest('hex');
}

/** Reads every file under `folder` and writes down its size and digest. */
export async function createManifest(folder: string, signal: AbortSignal): Promise<Manifest> {
  const files: ManifestFile[] = [];
  for (const path of await filesUnder(folder)) files.push(await describe(folder, path, signal));
  return { format: 1, files };
}

async function describe(folder: string, path: string, signal: AbortSignal): Promise<ManifestFile> {
  const full = join(folder, path);
  const status = await lstat(full);
  if (!status.isSymbolicLink()) return { path, bytes: status.size, sha256: await digestFile(full, signal) };
  const link = await readlink(full);
  return { path, bytes: 0, sha256: createHash('sha256').update(link).digest('hex'), link };
}

/** Names and sizes against the manifest; reads no content, so a changed byte is not seen. */
export async function checkSizes(folder: string, manifest: Manifest): Promise<Damage[]> {
  const damage: Damage[] = [];
  const listed = new Set(manifest.files.map((file) => file.path));
  for (const { path, bytes, link } of manifest.files) {
    const status = await lstat(join(folder, path)).catch(() => undefined);
    if (status === undefined) damage.push({ kind: 'missing', file: path, why: 'the file is not there' });
    else if (link === undefined && status.size !== bytes) {
      damage.push({ kind: 'size', file: path, why: `${status.size} bytes, was written with ${bytes}` });
    }
  }
  const present = await filesUnder(folder).catch(() => []);
  for (const path of present.filter((path) => !listed.has(path))) {
    damage.push({ kind: 'extra', file: path, why: 'the backup did not write this file' });
  }
  return damage;
}

/** Every byte of the listed files against the manifest; files with another size or none are left to `checkSizes`. */
export async function checkContent(
  folder: string,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): Promise<Damage[]> {
  const damage: Damage[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const status = await lstat(join(folder, file.path)).catch(() => undefined);
    if (status === undefined || (file.link === undefined && status.size !== file.bytes)) continue;
    const now = await describe(folder, file.path, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    });
    if (now instanceof Error) damage.push({ kind: 'unreadable', file: file.path, why: now.message });
    else if (now.sha256 !== file.sha256) {
      damage.push({ kind: 'content', file: file.path, why: 'the bytes are not those that were written (SHA-256)' });
    }
  }
  return damage;
}

/** @throws Error when the text is no manifest of this format */
export function parseManifest(text: string): Manifest {
  const value = JSON.parse(text) as Partial<Manifest> | null;
  if (value?.format !== 1 || !Array.isArray(value.files)) throw new Error('not a manifest of format 1');
  const escapes = value.files.some(({ path }: ManifestFile) => path.startsWith('/') || path.split('/').includes('..'));
  if (escapes) throw new Error('the manifest names files outside of the backup');
  return { format: 1, files: value.files };
}
