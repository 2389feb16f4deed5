import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { filesUnder } from '../point/manifest.ts';

/** What a file of a backup is called once it is encrypted. */
const ending = '.age';

/** Works on the bytes of a file as they stream by. */
type Change = (bytes: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array>>;

/**
 * Replaces every file under `folder` by one that only the holder of the recipient's secret key can read.
 * @param recipient public age key, `age1…`
 * @throws Error when that is no key; the reason of the signal
 */
export async function encryptFiles(folder: string, recipient: string, signal: AbortSignal): Promise<void> {
  const { Encrypter } = await import('age-encryption');
  for (const path of await filesUnder(folder)) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const change: Change = async (bytes) => encrypter.encrypt(bytes);
    await changed(join(folder, path), `${join(folder, path)}${ending}`, change, signal);
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
  for (const path of (await filesUnder(folder)).filter((name) => name.endsWith(ending))) {
    const decrypter = new Decrypter();
    for (const key of keys) decrypter.addIdentity(key.trim());
    const place = join(into, path.slice(0, -ending.length));
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    const change: Change = async (bytes) => decrypter.decrypt(bytes);
    await changed(join(folder, path), place, change, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new Error(`${path} cannot be decrypted: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

async function changed(from: string, to: string, change: Change, signal: AbortSignal): Promise<void> {
  const source = Readable.toWeb(createReadStream(from, { highWaterMark: 2 ** 20 })) as ReadableStream<Uint8Array>;
  await pipeline(Readable.fromWeb(await change(source)), createWriteStream(to, { mode: 0o600 }), { signal });
}
