import { fold } from './automaton.ts';

/** Letters, digits and what joins them in the name of a key, full width too, and Japanese script. */
export function isKeyChar(code: number): boolean {
  const half = fold(code);
  if (half < 128) {
    return (
      (half >= 97 && half <= 122) ||
      (half >= 48 && half <= 57) ||
      half === 95 ||
      half === 45 ||
      half === 46 ||
      half === 36
    );
  }
  return (code >= 0x3041 && code <= 0x30ff) || (code >= 0x4e00 && code <= 0x9fff);
}

/** Letter, digit, `_` or `-`: what tokens are made of. */
export function isTokenChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  );
}

/** Whether a token may begin at `index`: after no token character, or after an escape that ends in one (`\n`, `%3D`). */
export function isTokenStart(text: string, index: number): boolean {
  if (index === 0 || !isTokenChar(text.charCodeAt(index - 1))) return true;
  const before = text.slice(Math.max(0, index - 6), index);
  return /(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})$/.test(before);
}
