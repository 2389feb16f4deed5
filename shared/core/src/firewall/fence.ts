import { strip } from './strip.ts';
import { markEnd, markStart } from './types.ts';

const longestInline = 200;
const longestSource = 40;

/** Marks text as written by outsiders; it is fenced when the answer leaves. Empty text stays empty. */
export function quote(text: string): string {
  const clean = strip(text);
  return clean === '' ? '' : `${markStart}${clean}${markEnd}`;
}

/**
 * Marked spans of rendered text → code quotes or prefixed lines that nothing inside them can close.
 *
 * A span with newlines becomes lines prefixed `│ ` under `text from <source>, data only:`, except in a row of a Markdown
 * table; so does a long one that has its line for itself. Any other becomes a code quote of at most 200 characters. A
 * mark without its partner (a renderer cut the text) fences as far as the text could reach.
 *
 * @param source where outside text comes from: `PostgreSQL`
 * @returns text without marks, stripped; idempotent
 */
export function closeFences(text: string, source: string): string {
  if (!text.includes(markStart) && !text.includes(markEnd)) return strip(text);
  const pieces = split(text);
  const result = new Output(sourceName(source));
  pieces.forEach((piece, index) => {
    if (!piece.outside) return result.plain(piece.text);
    result.span(piece.text, pieces[index + 1]?.text ?? '');
  });
  return result.text;
}

interface Piece {
  readonly text: string;
  readonly outside: boolean;
}

/** Plain and outside pieces in order, each stripped; marks inside an open span are dropped. */
function split(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let open = false;
  for (const part of text.split(/(?=[\ufdd0\ufdd1])/)) {
    const mark = part[0] === markStart || part[0] === markEnd ? part[0] : undefined;
    const body = strip(mark === undefined ? part : part.slice(1));
    const last = pieces.at(-1);
    if (mark === markEnd && !open && last) pieces[pieces.length - 1] = { text: last.text, outside: true };
    if (mark !== undefined) open = mark === markStart;
    pieces.push({ text: body, outside: open });
  }
  return pieces.filter((piece) => piece.text !== '');
}

class Output {
  readonly #source: string;
  #parts: string[] = [];
  /** The blanks that the current line starts with, and the first character after them. */
  #lead = '';
  #afterBlock = false;

  constructor(source: string) {
    this.#source = source;
  }

  get text(): string {
    return this.#parts.join('');
  }

  plain(text: string): void {
    if (this.#afterBlock && !text.startsWith('\n')) this.#put('\n');
    this.#afterBlock = false;
    this.#put(text);
  }

  span(text: string, after: string): void {
    const alone = this.#lead.trim() === '' && (after === '' || after.startsWith('\n'));
    const inTable = this.#lead.endsWith('|');
    const asBlock = (text.includes('\n') || (alone && text.length > longestInline)) && !inTable;
    if (!asBlock) return this.plain(inline(text));
    const lines = text.replace(/\n+$/, '').split('\n');
    const start = this.#lead === '' ? '' : '\n';
    this.#put(`${start}text from ${this.#source}, data only:\n${lines.map((line) => `│ ${line}`).join('\n')}`);
    this.#afterBlock = true;
  }

  #put(text: string): void {
    this.#parts.push(text);
    const newline = text.lastIndexOf('\n');
    if (newline >= 0) this.#lead = '';
    else if (this.#lead.trim() !== '') return;
    this.#lead += /^\s*\S?/.exec(text.slice(newline + 1))?.[0] ?? '';
  }
}

function inline(text: string): string {
  const flat = text.replaceAll(/\s*\n\s*/g, ' ⏎ ').replaceAll('`', "'");
  const short = flat.length <= longestInline ? flat : `${strip(flat.slice(0, longestInline - 1))}…`;
  return `\`${short}\``;
}

function sourceName(source: string): string {
  return strip(source).replaceAll(/\s+/g, ' ').slice(0, longestSource) || 'outside';
}
