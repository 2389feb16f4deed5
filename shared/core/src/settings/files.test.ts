import { execFile } from 'node:child_process';
import { constants, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSmallFile } from './files.ts';
import { expandVariables, unsetBecause } from './placeholder.ts';
import { readSettingsFile } from './settings-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

describe('a small file', () => {
  it('is read up to its limit, without the byte order mark', async () => {
    expect(await readSmallFile(await at('a', '\uFEFFabc'), 6)).toMatchObject({ ok: true, text: 'abc' });
    expect(await readSmallFile(await at('b', 'x'.repeat(2049)), 2048)).toEqual({
      ok: false,
      why: 'it is larger than 2 KiB',
    });
  });

  it.skipIf(process.platform === 'win32')('is no device without an end, and no folder', async () => {
    expect(await readSmallFile('/dev/zero')).toEqual({ ok: false, why: 'it is neither a file nor a pipe' });
    expect(await readSmallFile(folder)).toEqual({ ok: false, why: 'it is a folder' });
  });

  it.skipIf(process.platform === 'win32')('may be a pipe, which is not waited for when nobody writes', async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    expect(await readSmallFile(pipe)).toEqual({ ok: false, why: 'nothing was written to the pipe' });
    // Keeps what is written in the pipe once its writer has gone.
    const holder = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    await writeFile(pipe, 'room: attic');
    expect(await readSmallFile(pipe)).toMatchObject({ ok: true, text: 'room: attic' });
    await holder.close();
  });
});

describe('a settings file that would keep a parser busy', () => {
  it('is refused by its size, and survived below it', async () => {
    const size = 64 * 1024;
    const deep = await readSettingsFile(await at('a.yaml', `a: ${'['.repeat(size)}`));
    expect(deep.problems[0]?.text).toMatch(/it is larger than 64 KiB$/);
    for (const text of ['- '.repeat(size / 2), `a: ${'['.repeat(size - 3)}`, '{a: '.repeat(size / 4)]) {
      const { problems } = await readSettingsFile(await at('b.yaml', text));
      expect(problems.map((problem) => problem.text)).toEqual([expect.stringMatching(/nested too deeply$/)]);
    }
  });
});

it('may nest as deep as anybody would write', async () => {
  const file = await readSettingsFile(await at('c.yaml', `a: ${'[{b: '.repeat(14)}1${'}]'.repeat(14)}`));
  expect(file.problems).toEqual([]);
});

describe('placeholders', () => {
  it('are looked for once, however many are begun and never closed', () => {
    const begun = '${a:-'.repeat(40_000);
    expect(unsetBecause(begun)).toBeUndefined();
    expect(expandVariables(begun, {}).missing).toEqual([]);
  });
});
