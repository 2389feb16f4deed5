/** Text on one line without control, formatting (direction, zero width), private or broken characters. */
export function cleanLabel(text: string): string {
  return text
    .replaceAll(/[\s\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .trim()
    .normalize('NFC');
}

/** A cleaned text of at most `limit` characters, cut in the middle. */
export function cutLabel(text: string, limit: number): string {
  const characters = Array.from(
    cleanLabel(text.length > 40_000 ? `${text.slice(0, 20_000)}…${text.slice(-20_000)}` : text),
  );
  if (characters.length <= limit) return characters.join('');
  const head = Math.ceil((limit - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (limit - 1 - head)).join('')}`;
}

/** A to Z, then A2 to Z2, …: what a series or row is called where its name cannot be drawn. */
export function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return `${String.fromCharCode(65 + (index % 26))}${round === 0 ? '' : round + 1}`;
}
