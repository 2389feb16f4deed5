import type { Range, Span } from './spans.ts';

/** Tells, at rising positions, whether they lie within a JSON string. Text that is not JSON gets some answer. */
export class StringTracker {
  readonly #text: string;
  #at = 0;
  #inside = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** What to put around a string where a number stood: nothing within a string, unless a key there shows how quotes are escaped. */
  quoteAt(index: number): string {
    for (
      let next = this.#text.indexOf('"', this.#at);
      next >= 0 && next < index;
      next = this.#text.indexOf('"', this.#at)
    ) {
      if (!this.#inside || !isEscaping(this.#text, next - 1)) this.#inside = !this.#inside;
      this.#at = next + 1;
    }
    if (!this.#inside) return '"';
    return /(\\{1,15}")\s{0,64}:\s{0,64}$/.exec(this.#text.slice(Math.max(0, index - 160), index))?.[1] ?? '';
  }
}

/**
 * Keeps JSON whole: no escape is cut in half, and a number without quotes (`bare`) is replaced altogether.
 *
 * @param floor where the last replacement ended
 */
export function widen(text: string, span: Span, floor: number): Range & { readonly bare: boolean } {
  const start = Math.max(floor, escapeStart(text, span.start));
  const end =
    isEscaping(text, span.end - 1) && text[span.end] !== '\n' ? Math.min(text.length, span.end + 1) : span.end;
  const number = bareNumber(text, start, end);
  return number && number.start >= floor ? { ...number, bare: true } : { start, end, bare: false };
}

/** The backslash of an escape that `index` stands within. */
function escapeStart(text: string, index: number): number {
  if (isEscaping(text, index - 1)) return index - 1;
  for (let back = 2; back <= 5; back += 1) {
    const at = index - back;
    if (text[at] === '\\' && isEscaping(text, at)) return /^\\u[0-9a-fA-F]*$/.test(text.slice(at, index)) ? at : index;
  }
  return index;
}

/** Whether the character at `index` is a backslash that escapes the next one. */
function isEscaping(text: string, index: number): boolean {
  let slashes = 0;
  while (slashes < 64 && text[index - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

const longestNumber = 64;

function bareNumber(text: string, from: number, to: number): Range | undefined {
  if (!isNumberText(text[from] ?? '') || !isNumberText(text.slice(from, Math.min(to, from + longestNumber))))
    return undefined;
  let start = from;
  while (start > 0 && from - start < longestNumber && isNumberText(text[start - 1]!)) start -= 1;
  let end = to;
  while (end < text.length && end - to < longestNumber && isNumberText(text[end]!)) end += 1;
  const before = /[:[,]\s{0,64}$/.test(text.slice(Math.max(0, start - longestNumber), start));
  const after = /^\s{0,64}[,}\]]/.test(text.slice(end, end + longestNumber));
  return before && after ? { start, end } : undefined;
}

function isNumberText(text: string): boolean {
  return /^[-+.\deE]+$/.test(text);
}
