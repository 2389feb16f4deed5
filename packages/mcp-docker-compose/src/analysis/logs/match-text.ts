/** Whether a text holds what was asked for. */
export type TextMatcher = (text: string) => boolean;

/**
 * Literals joined by `|`, `*` in them for any run of characters: a text matches that holds one of them anywhere, in
 * upper or lower case. Time is linear in text and pattern (Knuth, Morris, Pratt 1977), whatever they are.
 *
 * @returns undefined for a pattern that has nothing to look for
 */
export function createMatcher(pattern: string): TextMatcher | undefined {
  const alternatives = pattern
    .split('|')
    .map((one) => one.split('*').filter((part) => part !== ''))
    .filter((parts) => parts.length > 0)
    .map((parts) => parts.map((part) => finderOf(part.toLowerCase())));
  if (alternatives.length === 0) return undefined;
  return (text) => {
    const low = text.toLowerCase();
    return alternatives.some((finders) => holdsInOrder(low, finders));
  };
}

/** End of the first place at or after `from`; -1 where there is none. */
type Finder = (text: string, from: number) => number;

/** What follows a `*` may start anywhere behind, so the first place of each part is the best. */
function holdsInOrder(text: string, finders: readonly Finder[]): boolean {
  let at = 0;
  for (const find of finders) {
    at = find(text, at);
    if (at < 0) return false;
  }
  return true;
}

function finderOf(part: string): Finder {
  const borders = bordersOf(part);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at += 1) {
      while (matched > 0 && text[at] !== part[matched]) matched = borders[matched - 1] ?? 0;
      if (text[at] === part[matched]) matched += 1;
      if (matched === part.length) return at + 1;
    }
    return -1;
  };
}

/** For each beginning of `part`, the length of its longest end that is a beginning too. */
function bordersOf(part: string): readonly number[] {
  const borders = [0];
  let matched = 0;
  for (let at = 1; at < part.length; at += 1) {
    while (matched > 0 && part[at] !== part[matched]) matched = borders[matched - 1] ?? 0;
    if (part[at] === part[matched]) matched += 1;
    borders.push(matched);
  }
  return borders;
}
