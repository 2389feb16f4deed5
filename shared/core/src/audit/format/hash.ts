import { hash } from 'node:crypto';

/** A SHA-256 value as 43 characters of base64url: the form in which the log stores and compares it. */
export type Digest = string;

/** SHA-256 of the bytes as they are. `crypto.hash` to a string is twice as fast as a hash object. */
export function sha256(bytes: Uint8Array): Digest {
  return hash('sha256', bytes, 'base64url');
}

/**
 * Leaf hash of RFC 6962 §2.1: SHA-256(0x00 ‖ line).
 *
 * @param line raw bytes without the newline
 */
export function leafHash(line: Uint8Array): Digest {
  const prefixed = Buffer.allocUnsafe(line.length + 1);
  prefixed[0] = 0;
  prefixed.set(line, 1);
  return sha256(prefixed);
}

/** Written and hashed within one call, so that a leaf costs no buffer. */
const nodeBytes = Buffer.alloc(65, 1);

/** Node hash of RFC 6962 §2.1: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Digest, right: Digest): Digest {
  nodeBytes.write(left, 1, 32, 'base64url');
  nodeBytes.write(right, 33, 32, 'base64url');
  return sha256(nodeBytes);
}

/** Root of the empty tree: SHA-256 of nothing. */
export const emptyRoot: Digest = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

export function toBase64(digest: Digest): string {
  return Buffer.from(digest, 'base64url').toString('base64');
}

/** Strict: exactly one 32-byte value in canonical base64 of RFC 4648 §4, else undefined. */
export function fromBase64(text: string): Digest | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === text ? bytes.toString('base64url') : undefined;
}
