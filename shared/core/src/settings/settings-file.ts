import type { SettingProblem } from './loaded.ts';
import { shownName } from './flags.ts';
import { readSmallFile } from './files.ts';

export interface SettingsFile {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingProblem[];
  /** Others than its owner may read it. */
  readonly othersRead: boolean;
}

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const deepest = 32;
/** Of the YAML parser: a level of values is up to two of its tokens. */
const deepestTokens = 4 * deepest;
/** What a YAML parser makes of 64 KiB takes under a second, whatever stands in them; of 1 MiB, minutes. */
const longestBytes = 64 * 1024;

/** Reads a settings file, YAML or JSON (by its name). Never quotes a line of it: lines may hold secrets. */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const file = await readSmallFile(path, longestBytes);
  if (!file.ok) return failed(`the settings file ${path} cannot be read: ${file.why}`);
  const parsed = path.endsWith('.json') ? parseJson(file.text) : await parseYaml(file.text);
  if (!parsed.ok) return failed(`the settings file ${path} is not valid ${parsed.why}`);
  if (parsed.value === undefined || parsed.value === null) return { values: {}, problems: [], othersRead: false };
  if (typeof parsed.value !== 'object' || Array.isArray(parsed.value)) {
    return failed(`the settings file ${path} is no list of "key: value"`);
  }
  const refused = forbiddenKey(parsed.value, deepest);
  if (refused !== undefined) return failed(`the settings file ${path} is refused: ${refused}`);
  const values = Object.assign(Object.create(null) as Record<string, unknown>, parsed.value);
  return { values, problems: [], othersRead: file.othersRead };
}

function failed(text: string): SettingsFile {
  const fix = 'Correct the file, or the path given by --settings or CINECOM_SETTINGS.';
  return { values: {}, problems: [{ field: 'settings', kind: 'invalid', text, fix }], othersRead: false };
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const at = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    const line = at === undefined ? '' : ` in line ${text.slice(0, Number(at)).split('\n').length}`;
    return { ok: false, why: `JSON${line}` };
  }
}

async function parseYaml(text: string): Promise<Parsed> {
  const { Lexer, LineCounter, parseDocument, Parser } = await import('yaml');
  try {
    // The composer recurses; where its stack ends inside a regular expression, V8 ends the whole process.
    const parser = new Parser();
    for (const lexeme of new Lexer().lex(text)) {
      for (const _token of parser.next(lexeme));
      if (parser.stack.length > deepestTokens) return { ok: false, why: 'YAML: it is nested too deeply' };
    }
    const lines = new LineCounter();
    const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, merge: false });
    const [error] = document.errors;
    if (error) return { ok: false, why: `YAML in line ${lines.linePos(error.pos[0]).line} (${error.code})` };
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    // Its message may quote the document.
    return { ok: false, why: 'YAML: an alias is unknown or used too often' };
  }
}

/** What makes a tree unfit to be copied into plain objects. */
function forbiddenKey(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `it is nested deeper than ${deepest}`;
  for (const [key, item] of Object.entries(value)) {
    if (forbidden.has(key)) return `the key ${shownName(key)} is not allowed`;
    const inner = forbiddenKey(item, depth - 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
