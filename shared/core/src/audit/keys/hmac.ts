import { createHmac, hash } from 'node:crypto';
import { maxLineBytes } from '../format/limits.ts';

const blockBytes = 64;

/**
 * HMAC-SHA256 over log lines, cut to 16 bytes (22 characters of base64url), whose key moves one way.
 *
 * Two one-shot hashes over prepared pads: half the cost of an HMAC object a line.
 */
export class LineMac {
  #key: Buffer;
  readonly #inner = Buffer.alloc(blockBytes + maxLineBytes);
  readonly #outer = Buffer.alloc(blockBytes + 32);

  /** @param key 32 bytes; @param step how many checkpoints have passed */
  constructor(key: Uint8Array, step = 0) {
    this.#key = Buffer.from(key);
    this.#pad();
    for (let done = 0; done < step; done += 1) this.step();
  }

  /** @param bytes at most `maxLineBytes` */
  mac(bytes: Uint8Array): string {
    this.#inner.set(bytes, blockBytes);
    return this.#finish(bytes.length);
  }

  /** As `mac`, of a part of a buffer, without a view on it. */
  macOf(buffer: Buffer, start: number, end: number): string {
    return this.#finish(buffer.copy(this.#inner, blockBytes, start, end));
  }

  /** Replaces the key by one from which it cannot be found again: who takes it later cannot forge what lies before. */
  step(): void {
    this.#key = createHmac('sha256', this.#key).update('cinecom/audit/v1/step').digest();
    this.#pad();
  }

  /** The present key, to come back to by `restore`. */
  state(): Uint8Array {
    return this.#key;
  }

  restore(state: Uint8Array): void {
    this.#key = Buffer.from(state);
    this.#pad();
  }

  #finish(length: number): string {
    const inner = hash('sha256', this.#inner.subarray(0, blockBytes + length), 'binary');
    this.#outer.write(inner, blockBytes, 32, 'latin1');
    return first16Bytes(hash('sha256', this.#outer, 'base64url'));
  }

  #pad(): void {
    for (let index = 0; index < blockBytes; index += 1) {
      const byte = this.#key[index] ?? 0;
      this.#inner[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    }
  }
}

/** HMAC-SHA256 of a text, first 16 bytes as base64url. */
export function shortTag(key: Uint8Array, text: string): string {
  return first16Bytes(createHmac('sha256', key).update(text).digest('base64url'));
}

/** Base64url of 16 bytes from base64url of 32: character 22 keeps its upper two bits only. */
function first16Bytes(digest: string): string {
  const code = digest.charCodeAt(21);
  const isUpper = code >= 65 && code <= 90;
  const isLower = code >= 97 && code <= 122;
  const value = isUpper ? code - 65 : isLower ? code - 71 : code >= 48 && code <= 57 ? code + 4 : code === 45 ? 62 : 63;
  return digest.slice(0, 21) + 'AQgw'.charAt(Math.floor(value / 16));
}
