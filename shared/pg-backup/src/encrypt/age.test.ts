import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decryptFiles, encryptFiles } from './age.ts';

const never = new AbortController().signal;

describe('the encryption of a backup', () => {
  let folder: string;
  let identity: string;
  const secret = `${randomBytes(200_000).toString('hex')} 七人の侍`;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'age-'));
    identity = await generateIdentity();
    await mkdir(join(folder, 'store', 'dump'), { recursive: true });
    await writeFile(join(folder, 'store', 'dump', '1.dat.gz'), secret);
    await writeFile(join(folder, 'store', 'empty'), '');
    await encryptFiles(join(folder, 'store'), await identityToRecipient(identity), never);
  });
  afterEach(() => rm(folder, { recursive: true }));
  const decrypt = (key: string) =>
    decryptFiles(join(folder, 'store'), { identity: key, into: join(folder, 'out'), signal: never });

  it('leaves no readable file, and gives all of them back to the holder of the key', async () => {
    expect((await readdir(join(folder, 'store'), { recursive: true })).toSorted()).toEqual([
      'dump',
      'dump/1.dat.gz.age',
      'empty.age',
    ]);
    expect(await readFile(join(folder, 'store', 'dump', '1.dat.gz.age'), 'utf8')).toMatch(/^age-encryption\.org\/v1\n/);
    await decrypt(`# created: today\n${identity}\n`);
    expect(await readFile(join(folder, 'out', 'dump', '1.dat.gz'), 'utf8')).toBe(secret);
    expect(await readFile(join(folder, 'out', 'empty'), 'utf8')).toBe('');
  });

  it('names the file that another key does not open, or that was changed', async () => {
    await expect(decrypt(await generateIdentity())).rejects.toThrow(/^dump\/1\.dat\.gz\.age cannot be decrypted/);
    const path = join(folder, 'store', 'dump', '1.dat.gz.age');
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(100_000) ^ 1, 100_000);
    await writeFile(path, bytes);
    await expect(decrypt(identity)).rejects.toThrow(/^dump\/1\.dat\.gz\.age cannot be decrypted/);
    await expect(decrypt('nothing')).rejects.toThrow('no AGE-SECRET-KEY');
  });
});
