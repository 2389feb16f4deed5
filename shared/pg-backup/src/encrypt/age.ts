import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { filesUnder } from '../point/manifest.ts';
import { packFolder, unpackInto } from './tar.ts';

/** What a file of a backup is called once it is encrypted. */
const ending = '.age';
/** A base backup has thousands of small files, links and empty folders: they become one file. */
const packed = 'base.tar';
const packedFolders = ['base', 'tablespaces'];

/**
 * Replaces every file under `folder` by one that only the holder of the recipient's secret key can read; about 60 MB/s.
 * @param recipient public age key, `age1…`
 * @throws Error when that is no key; the reason of the signal
 */
export async function encryptFiles(folder: string, recipient: string, signal: AbortSignal): Promise<void> {
  const { Encrypter } = await import('age-encryption');
  const encrypt = async (source: Readable, path: string): Promise<void> => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    await pass(
      await encrypter.encrypt(webOf(source)),
      createWriteStream(join(folder, path + ending), { mode: 0o600 }),
      signal,
    );
  };
  const folders = packedFolders.filter((name) => existsSync(join(folder, name)));
  if (folders.length > 0) {
    const { stream, ended } = packFolder(folder, folders, signal);
    await encrypt(stream, packed);
    await ended;
    for (const name of folders) await rm(join(folder, name), { recursive: true });
  }
  for (const path of (await filesUnder(folder)).filter((name) => !name.endsWith(ending))) {
    await encrypt(createReadStream(join(folder, path), { highWaterMark: 2 ** 20 }), path);
    await rm(join(folder, path));
  }
}

/**
 * Writes every encrypted file under `folder` into `into`, readable, under its own name.
 * @param identity text of an identity file: `AGE-SECRET-KEY-…`, one a line
 * @throws Error when it opens none of them; the reason of the signal
 */
export async function decryptFiles(
  folder: string,
  { identity, into, signal }: { readonly identity: string; readonly into: string; readonly signal: AbortSignal },
): Promise<void> {
  const { Decrypter } = await import('age-encryption');
  const keys = identity.split('\n').filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (keys.length === 0) throw new Error('the identity file holds no AGE-SECRET-KEY');
  const decrypt = async (path: string): Promise<void> => {
    const decrypter = new Decrypter();
    for (const key of keys) decrypter.addIdentity(key.trim());
    const bytes = await decrypter.decrypt(webOf(createReadStream(join(folder, path), { highWaterMark: 2 ** 20 })));
    const place = join(into, path.slice(0, -ending.length));
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    if (path !== packed + ending) return pass(bytes, createWriteStream(place, { mode: 0o600 }), signal);
    const { stream, ended } = unpackInto(into, signal);
    await pass(bytes, stream, signal);
    await ended;
  };
  for (const path of (await filesUnder(folder)).filter((name) => name.endsWith(ending))) {
    await decrypt(path).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new Error(`${path} cannot be decrypted: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

function webOf(source: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(source) as ReadableStream<Uint8Array>;
}

function pass(bytes: ReadableStream<Uint8Array>, into: Writable, signal: AbortSignal): Promise<void> {
  return pipeline(Readable.fromWeb(bytes), into, { signal });
}
