import { randomBytes } from 'node:crypto';
import { chmod, chown, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file written beside another one, with its mode and owner, ready to take its place at once. */
export interface StagedFile {
  readonly path: string;
  /** Takes the place: whoever reads sees the old file or the new one, never a part. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export async function stageFile(target: string, text: string): Promise<StagedFile> {
  const { mode, uid, gid } = await stat(target);
  // not named like a rule file, so that no pattern of rule_files matches it
  const path = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.new`);
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, mode & 0o7777);
  await chown(path, uid, gid).catch(() => undefined); // only root may give files away; then it is ours as before
  return {
    path,
    async commit() {
      await rename(path, target);
      await syncFolder(dirname(target));
    },
    discard: () => rm(path, { force: true }),
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
