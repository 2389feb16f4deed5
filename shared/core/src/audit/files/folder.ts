import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '../../errors/tool-error.ts';
import { parseCompanionName, parseSegmentName, type SegmentName } from './names.ts';

/** The files of one writer. */
export interface WriterFiles {
  readonly writer: string;
  /** By index, then name: two of one index mean a fork. */
  readonly segments: readonly SegmentName[];
  readonly checkpoint: boolean;
  readonly leaves: boolean;
  /** Still running, or ended without `log.stop`. */
  readonly open: boolean;
}

/**
 * Creates a folder (0700) and its missing parents. One of another user is refused, as whoever owns it can take records
 * away or put some there; root, whom no owner keeps out, may use any.
 *
 * @throws ToolError `audit_unavailable`
 */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const user = process.getuid?.();
  const { uid } = await stat(path);
  if (user === undefined || user === 0 || uid === user || uid === 0) return;
  throw new ToolError('audit_unavailable', `the log folder belongs to another user (uid ${uid}): ${path}`, {
    hint: `Give it to this user (chown ${user}), or name another by MCP_AUDIT_DIR and MCP_AUDIT_MARKS.`,
  });
}

/** All writers of a folder, oldest first. Other files are left alone. */
export async function listWriters(folder: string): Promise<WriterFiles[]> {
  const writers = new Map<string, { segments: SegmentName[]; companions: Set<string> }>();
  const of = (writer: string): { segments: SegmentName[]; companions: Set<string> } => {
    const found = writers.get(writer) ?? { segments: [], companions: new Set() };
    writers.set(writer, found);
    return found;
  };
  for (const name of await readdir(folder)) {
    const segment = parseSegmentName(name);
    const companion = segment === undefined ? parseCompanionName(name) : undefined;
    if (segment !== undefined) of(segment.writer).segments.push(segment);
    if (companion !== undefined) of(companion.writer).companions.add(companion.kind);
  }
  return [...writers]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([writer, { segments, companions }]) => ({
      writer,
      segments: segments.toSorted((left, right) => left.index - right.index || (left.name < right.name ? -1 : 1)),
      checkpoint: companions.has('checkpoint'),
      leaves: companions.has('leaves'),
      open: companions.has('open'),
    }));
}

/** Opens for reading; a link or a device in a log folder is refused. */
export async function openPlainFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('not a plain file');
}

/** The text of a small file, at most `limit` bytes; undefined when there is none. */
export async function readSmallFile(path: string, limit = 64 * 1024): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await openPlainFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(limit), 0, limit, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Replaces a file so that a reader sees the old or the new content, never a part; mode 0600. */
export async function replaceFile(path: string, content: string | Uint8Array, durable: boolean): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  if (durable) await syncFolder(dirname(path));
}

/** Makes created, renamed and removed names of a folder survive a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function removeIfThere(folder: string, name: string): Promise<void> {
  try {
    await unlink(join(folder, name));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
