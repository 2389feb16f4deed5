import { randomBytes } from 'node:crypto';
import { access, constants, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, Problem } from '../problem.ts';

/** Finds out before a long run whether its report can be written. @throws Problem */
export async function expectWritable(path: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw new Problem(`the report cannot be written to ${path}: ${messageOf(error)}`, 'Give another --out.');
  }
}

/** Replaces a file so that a reader, and a crash at any instant, finds the old content or the new, whole. @throws Problem */
export async function replaceFile(path: string, content: string): Promise<void> {
  const target = resolve(path);
  const written = join(dirname(target), `.${randomBytes(8).toString('hex')}.part`);
  try {
    const file = await open(written, 'wx', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(written, target);
  } catch (error) {
    throw new Problem(`the report cannot be written to ${path}: ${messageOf(error)}`, 'Give another --out.');
  } finally {
    await rm(written, { force: true });
  }
}
