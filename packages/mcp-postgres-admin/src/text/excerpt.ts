/** The beginning of a text of others in one line, at most `most` UTF-16 units and no half character. */
export function excerpt(text: string, most: number): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length <= most ? flat : `${flat.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
