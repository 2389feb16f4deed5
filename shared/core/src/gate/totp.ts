import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long one step of a one-time password lasts. */
export const stepMs = 30_000;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The one-time password of a 30-second step: HMAC-SHA-1, six digits.
 *
 * @see RFC 6238 section 4, RFC 4226 section 5.3
 */
export function oneTimePassword(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/**
 * The step a password belongs to, one step of clock difference either way allowed; undefined when it is wrong.
 * Takes the same time whichever step fits, and when none does.
 *
 * @param password six digits
 * @param now UTC ms
 */
export function matchingStep(secret: Buffer, password: string, now: number): number | undefined {
  const current = Math.floor(now / stepMs);
  const given = Buffer.from(password);
  let found: number | undefined;
  for (const step of [current - 1, current, current + 1]) {
    const expected = Buffer.from(oneTimePassword(secret, Math.max(0, step)));
    if (given.length === expected.length && timingSafeEqual(given, expected)) found ??= Math.max(0, step);
  }
  return found;
}

/** Bytes of RFC 4648 base32, as authenticator apps show secrets: case, spaces and padding do not matter. */
export function fromBase32(text: string): Buffer | undefined {
  const digits = text.replace(/[\s=]/g, '').toUpperCase();
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const digit of digits) {
    const value = base32.indexOf(digit);
    if (value < 0) return undefined;
    bits = ((bits << 5) | value) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
