import { cut, safeText } from '../safe-text.ts';

/** Text of a server on one line of Markdown: no character of it can begin a heading, a link, HTML, or another cell. */
export function inline(text: string, most = 500): string {
  const line = safeText(text.slice(0, 4 * most))
    .replaceAll(/\s*\n\s*/g, ' ⏎ ')
    .trim();
  return (
    cut(line, most)
      .replaceAll(/[\\`*[<|]|~~|&(?=#|\w+;)/g, String.raw`\$&`)
      // An underscore inside a word emphasises nothing, and names are full of them.
      .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
      .replace(/^[-+=>#]/, String.raw`\$&`)
      .replace(/^(\d+)([.)])(?=\s|$)/, String.raw`$1\$2`)
  );
}

/** Text of a server in a code span, which nothing inside can close. */
export function code(text: string, most = 500): string {
  const line = cut(
    safeText(text.slice(0, 4 * most))
      .replaceAll(/\s+/g, ' ')
      .trim(),
    most,
  );
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** Several lines of a server in a fence, which nothing inside can close. */
export function fenced(text: string, most: number, language = 'text'): string {
  const body = cut(safeText(text.slice(0, 4 * most)), most);
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

/** A table of cells that are Markdown already. Columns that are empty throughout are left out. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const filled = header.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => filled[column]).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}
