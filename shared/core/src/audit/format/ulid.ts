import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Matches one ULID, not anchored. */
export const ulidPattern = '[0-7][0-9A-HJKMNP-TV-Z]{25}';

/**
 * A ULID: 48 bits of time, 80 of chance; sorts by time of creation.
 *
 * @param now UTC ms
 */
export function createUlid(now: number): string {
  let time = Math.min(Math.max(0, Math.trunc(now)), 2 ** 48 - 1);
  let text = '';
  for (let place = 0; place < 10; place += 1) {
    text = (alphabet[time % 32] ?? '') + text;
    time = Math.floor(time / 32);
  }
  // One byte gives one character: 256 is a multiple of 32, so each stays equally likely.
  for (const byte of randomBytes(16)) text += alphabet[byte % 32] ?? '';
  return text;
}
