const letters = ['', 'k', 'm', 'g', 't', 'p'] as const;

/**
 * Bytes of a size as Compose files have it: `512m`, `1.5g`, `64MB`, `1GiB`, `67108864`; all of them multiples of 1024.
 * @returns undefined for anything else
 */
export function readSize(text: string): number | undefined {
  const [, number, letter = ''] = /^(\d{1,16}(?:\.\d{1,9})?) ?([kmgtp]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const size = Math.floor(Number(number) * 1024 ** letters.indexOf(letter.toLowerCase() as (typeof letters)[number]));
  return Number.isSafeInteger(size) ? size : undefined;
}

/** A size as Compose and docker read it, exactly: `512m`, else `536870913b`. */
export function sizeText(bytes: number): string {
  const power = [4, 3, 2, 1].find((one) => bytes > 0 && bytes % 1024 ** one === 0);
  return power === undefined ? `${bytes}b` : `${bytes / 1024 ** power}${letters[power] ?? ''}`;
}
