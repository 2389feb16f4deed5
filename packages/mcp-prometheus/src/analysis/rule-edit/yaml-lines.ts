import { isMap, isScalar, type Node, parseDocument, stringify, visit, type YAMLMap } from 'yaml';

/** Text with one part of it replaced. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A rule, group or value as plain data. */
export type Plain = Readonly<Record<string, unknown>>;

/** Applies splices that do not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((a, b) => b.from - a.from || b.to - a.to)
    .reduce((done, { from, to, text: part }) => done.slice(0, from) + part + done.slice(to), text);
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Just behind the line break that ends the line of `offset`. */
export function lineEnd(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  return found === -1 ? text.length : found + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Where a node's own text begins and ends, without the white space and comments behind it. */
export function extent(text: string, node: unknown): { readonly from: number; readonly to: number } {
  const [from = 0, to = from] = (node as Node | null)?.range ?? [];
  return { from, to: from + text.slice(from, to).trimEnd().length };
}

/** Whether the text uses anchors, aliases or tags, whose meaning a splice could change. */
export function hasReferences(text: string): boolean {
  let found = false;
  const note = (_key: unknown, node: { anchor?: string; tag?: string }) => {
    if (node.anchor !== undefined || node.tag !== undefined) found = true;
  };
  visit(parseDocument(text), { Alias: () => void (found = true), Value: note });
  return found;
}

/** YAML of plain data, block style, each line indented. */
export function blockText(value: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  return stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : pad + line))
    .join('\n');
}

export function mapOf(node: unknown): YAMLMap | undefined {
  return isMap(node) ? node : undefined;
}

export function keyOf({ key }: { readonly key: unknown }): string {
  return isScalar(key) ? String(key.value) : '';
}
