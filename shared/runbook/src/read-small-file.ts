import { constants, open } from 'node:fs/promises';

export type FileText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** A regular text file of at most `longestBytes`. Never throws, never waits for the writer of a pipe. */
export async function readSmallFile(path: string, longestBytes: number): Promise<FileText> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return { ok: false, why: 'it is not a file' };
      if (stat.size > longestBytes) return { ok: false, why: `it is larger than ${longestBytes / 1024} KiB` };
      const bytes = Buffer.alloc(longestBytes);
      const { bytesRead } = await file.read(bytes, 0, longestBytes, 0);
      return { ok: true, text: bytes.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '') };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { ok: false, why: reasons.get(code) ?? `it cannot be read (${code})` };
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
]);
