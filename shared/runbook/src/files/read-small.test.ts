import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readSmall } from './read-small.ts';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-runbook-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
const read = (path: string, longest = 100): Promise<string> => readSmall(path, 'the file', longest, 'Look.');

it('reads a file whole, without its byte order mark, and none that is larger than it may be', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'a');
    await writeFile(path, '\uFEFF予約');
    expect(await read(path)).toBe('予約');
    await writeFile(path, 'x'.repeat(101));
    await expect(read(path)).rejects.toThrow('is larger than');
    await expect(read(folder)).rejects.toThrow('it is a folder');
    await expect(read(join(folder, 'b'))).rejects.toThrow('there is no such file');
  }));

it('reads what a pipe gives in parts, to its end', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [path]);
    const text = read(path, 1_000_000);
    const writer = await open(path, 'w');
    // More than a pipe holds, so that the reader is needed between.
    for (let part = 0; part < 3; part += 1) await writer.writeFile(`${part}`.repeat(100_000));
    await writer.close();
    expect((await text).length).toBe(300_000);
  }));
