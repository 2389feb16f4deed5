import { createCipheriv, createDecipheriv } from 'node:crypto';

const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM; base64url of IV ‖ ciphertext ‖ tag.
 *
 * @param key 32 bytes
 * @param context authenticated, not encrypted
 * @param iv 12 random bytes, never twice under one key
 */
export function encrypt(
  key: Uint8Array,
  text: string | Uint8Array,
  context: string | Uint8Array,
  iv: Uint8Array,
): string {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(typeof context === 'string' ? Buffer.from(context) : context);
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** @returns undefined when key, context or a single bit is wrong */
export function decrypt(key: Uint8Array, sealed: string, context: string | Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(typeof context === 'string' ? Buffer.from(context) : context);
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]);
  } catch {
    // Authentication failed: that is the answer.
    return undefined;
  }
}
