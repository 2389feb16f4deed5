import { open } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

const longestFileBytes = 1024 * 1024;

/** A path of the settings: relative to `cwd`, with a leading `~/` for `$HOME`, which no client expands. */
export function settingPath(path: string, cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  if (path.startsWith('~/') && env['HOME']) return join(env['HOME'], path.slice(2));
  return isAbsolute(path) ? path : resolve(cwd, path);
}

export type FileText =
  | { readonly ok: true; readonly text: string; readonly othersRead: boolean }
  | { readonly ok: false; readonly why: string };

/** A small text file; never throws, never blocks on a pipe without a writer for longer than the open takes. */
export async function readSmallFile(path: string): Promise<FileText> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) return { ok: false, why: 'it is a folder' };
      if (stat.size > longestFileBytes) return { ok: false, why: 'it is larger than 1 MiB' };
      const text = (await file.readFile('utf8')).replace(/^\uFEFF/, '');
      return { ok: true, text, othersRead: process.platform !== 'win32' && (stat.mode & 0o044) !== 0 };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { ok: false, why: reasons.get(codeOf(error)) ?? codeOf(error) };
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EISDIR', 'it is a folder'],
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
}
