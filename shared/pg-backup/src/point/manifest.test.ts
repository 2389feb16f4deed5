import { appendFile, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkContent, checkSizes, createManifest, type Manifest, parseManifest } from './manifest.ts';

const never = new AbortController().signal;

describe('the manifest of a backup', () => {
  let folder: string;
  let manifest: Manifest;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manifest-'));
    for (const name of ['one', 'two', 'three']) await writeFile(join(folder, name), `content of ${name}`);
    manifest = await createManifest(folder, never);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const damage = async () => {
    const found = [...(await checkSizes(folder, manifest)), ...(await checkContent(folder, manifest.files, never))];
    return found.map(({ kind, file }) => `${kind} ${file}`);
  };

  it('finds nothing in what was written', async () => {
    expect(manifest.files.map(({ path }) => path)).toEqual(['one', 'three', 'two']);
    expect(await damage()).toEqual([]);
  });

  it('tells a missing, a longer, a changed and a foreign file apart', async () => {
    await unlink(join(folder, 'one'));
    await appendFile(join(folder, 'two'), '!');
    await writeFile(join(folder, 'three'), 'content of thr33');
    await writeFile(join(folder, 'four'), '');
    expect((await damage()).toSorted()).toEqual(['content three', 'extra four', 'missing one', 'size two']);
  });

  it('is not believed when it names files outside of the backup', () => {
    const outside = { format: 1, files: [{ path: '../elsewhere', bytes: 1, sha256: '' }] };
    expect(() => parseManifest(JSON.stringify(outside))).toThrow('outside of the backup');
    expect(() => parseManifest('{"format":2,"files":[]}')).toThrow('format 1');
    expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest);
  });
});
