import type { Document, LineCounter } from 'yaml';
import { forbiddenKeys } from '../expression/parse.ts';
import { type Problem, UsageError } from '../problems.ts';
import { readSmallFile } from '../read-small-file.ts';

/** A YAML file as data, with the lines its fields stand in. */
export interface YamlFile {
  readonly name: string;
  readonly value: unknown;
  /** A problem of one field: `['steps', 1, 'tool']`. A field that is missing has the line of what should hold it. */
  problem(path: readonly PropertyKey[], text: string): Problem;
}

/** What a YAML parser makes of 64 KiB takes under a second, whatever stands in them. */
const longestBytes = 64 * 1024;
const deepest = 32;
/** Of the parser: a level of values is up to two of its tokens. */
const deepestTokens = 4 * deepest;
const next = 'Correct the file, then look at it with: cinecom-runbook check FILE';

/** @throws UsageError when it cannot be read, is no YAML, is nested too deeply or holds keys that are not data */
export async function readYamlFile(path: string): Promise<YamlFile> {
  const file = await readSmallFile(path, longestBytes);
  if (!file.ok) throw new UsageError([{ where: path, field: '', text: file.why }], 'Give the path of a runbook.');
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const refuse = (line: number | undefined, text: string): UsageError =>
    new UsageError([{ where: line === undefined ? path : `${path}:${line}`, field: '', text }], next);
  if (await isTooDeep(file.text)) throw refuse(undefined, `the YAML is nested deeper than ${deepest}`);
  const document = parseDocument(file.text, { prettyErrors: false, lineCounter: lines, merge: false });
  const [error] = document.errors;
  if (error) throw refuse(lines.linePos(error.pos[0]).line, `this is not YAML: ${error.message}`);
  const value = plain(document);
  if (value === undefined) throw refuse(undefined, 'an alias is unknown or used too often');
  const refused = forbiddenKey(value.data, deepest);
  if (refused !== undefined) throw refuse(undefined, refused);
  return {
    name: path,
    value: value.data,
    problem: (at, text) => ({ where: `${path}:${lineOf(document, lines, at)}`, field: fieldName(at), text }),
  };
}

/** The composer recurses; where its stack ends inside a regular expression, V8 ends the whole process. */
async function isTooDeep(text: string): Promise<boolean> {
  const { Lexer, Parser } = await import('yaml');
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > deepestTokens) return true;
  }
  return false;
}

function plain(document: Document): { readonly data: unknown } | undefined {
  try {
    return { data: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    // Only aliases make it throw.
    return undefined;
  }
}

function forbiddenKey(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `the YAML is nested deeper than ${deepest}`;
  for (const [key, item] of Object.entries(value)) {
    if (forbiddenKeys.has(key)) return `the key ${key} is not allowed`;
    const inner = forbiddenKey(item, depth - 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) continue;
    return lines.linePos(node.range[0] as number).line;
  }
  return 1;
}

/** `steps[1].tool`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
