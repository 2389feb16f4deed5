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

/** Whether a token may begin at `index`: after no token character, or after an escape that ends in one (`\n`, `%3D`, `\u003d`). */
export function isTokenStart(text: string, index: number): boolean {
  if (index === 0) return true;
  const previous = text.charCodeAt(index - 1);
  if (!isTokenChar(previous)) return true;
  if (text.charCodeAt(index - 2) === backslash) return escapeLetters.has(previous);
  if (!isHexDigit(previous) || !isHexDigit(text.charCodeAt(index - 2))) return false;
  if (text.charCodeAt(index - 3) === percent) return true;
  return text.charCodeAt(index - 5) === lowerU && text.charCodeAt(index - 6) === backslash;
}

const backslash = 92;
const percent = 37;
const lowerU = 117;
const escapeLetters = new Set([110, 114, 116, 98, 102]);

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}
