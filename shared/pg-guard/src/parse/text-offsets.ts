/**
 * Makes the function that turns the parser's byte offsets into UTF-16 offsets of the text.
 *
 * The parser counts UTF-8 bytes in its tree, so `日本` before a node shifts it by six, not two.
 */
export function createByteOffsets(text: string): (bytes: number) => number {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length === text.length) return (bytes) => bytes;
  return (bytes) => encoded.subarray(0, bytes).toString('utf8').length;
}

/** Turns a count of code points, as PostgreSQL's own errors give, into a UTF-16 offset of the text. */
export function codePointToTextOffset(text: string, codePoints: number): number {
  let offset = 0;
  let seen = 0;
  for (const character of text) {
    if (seen >= codePoints) break;
    seen += 1;
    offset += character.length;
  }
  return offset;
}
