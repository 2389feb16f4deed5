import { hkdfSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { shortTag } from '../keys/hmac.ts';
import { decrypt, encrypt } from './cipher.ts';

export interface SubjectKey {
  /** Keyed tag of the normalised subject: recognisable, not readable. */
  readonly tag: string;
  readonly key: Uint8Array;
}

const maxCached = 1_000;

/**
 * One random key a subject, wrapped by the encryption key, in `subjects/<tag>.key` beside the log.
 * Destroying the file makes every value of that subject unreadable, also with all other keys.
 */
export class SubjectKeys {
  readonly #folder: string;
  readonly #wrapping: Uint8Array;
  readonly #tagging: Uint8Array;
  readonly #cache = new Map<string, Uint8Array>();

  /** @param root 32 bytes of `MCP_ENCRYPTION_KEY` */
  constructor(logFolder: string, root: Uint8Array) {
    this.#folder = join(logFolder, 'subjects');
    this.#wrapping = new Uint8Array(hkdfSync('sha256', root, '', 'cinecom/subjects/v1/wrap', 32));
    this.#tagging = new Uint8Array(hkdfSync('sha256', root, '', 'cinecom/subjects/v1/tag', 32));
  }

  tagOf(subject: string): string {
    return shortTag(this.#tagging, subject.normalize('NFKC').trim().toLowerCase());
  }

  /** The subject's key, made on first use: on disk before anything is sealed with it. @throws when it cannot be kept */
  forSubject(subject: string): SubjectKey {
    const tag = this.tagOf(subject);
    const cached = this.#cache.get(tag);
    // Looked up each time: another process may have erased the subject.
    if (cached !== undefined && existsSync(this.#path(tag))) return { tag, key: cached };
    const key = this.find(tag) ?? this.#create(tag);
    if (this.#cache.size >= maxCached) this.#cache.clear();
    this.#cache.set(tag, key);
    return { tag, key };
  }

  /** @returns undefined when the key was destroyed, never existed, or was wrapped by another encryption key */
  find(tag: string): Uint8Array | undefined {
    if (!/^[\w-]{22}$/.test(tag) || !existsSync(this.#path(tag))) return undefined;
    return decrypt(this.#wrapping, readFileSync(this.#path(tag), 'latin1').trim(), tag);
  }

  /** @returns whether there was one */
  destroy(tag: string): boolean {
    this.#cache.delete(tag);
    if (!/^[\w-]{22}$/.test(tag) || !existsSync(this.#path(tag))) return false;
    // Overwriting first helps only where a file system writes in place; the wrapped form is useless without the root key.
    const file = openSync(this.#path(tag), 'r+');
    writeSync(file, '0'.repeat(readFileSync(this.#path(tag)).length), 0);
    fsyncSync(file);
    closeSync(file);
    unlinkSync(this.#path(tag));
    this.#syncFolder();
    return true;
  }

  #create(tag: string): Uint8Array {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const key = randomBytes(32);
    const temporary = join(this.#folder, `.${tag}.${process.pid}.${randomBytes(4).toString('hex')}`);
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(file, encrypt(this.#wrapping, key, tag, randomBytes(12)));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    try {
      // A link fails where another process was faster; its key, complete by then, is the one.
      linkSync(temporary, this.#path(tag));
      this.#syncFolder();
      return key;
    } catch (error) {
      const other = this.find(tag);
      if (other === undefined) throw error;
      return other;
    } finally {
      unlinkSync(temporary);
    }
  }

  #syncFolder(): void {
    const folder = openSync(this.#folder, 'r');
    fsyncSync(folder);
    closeSync(folder);
  }

  #path(tag: string): string {
    return join(this.#folder, `${tag}.key`);
  }
}
