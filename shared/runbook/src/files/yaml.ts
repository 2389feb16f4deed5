import { forbiddenKeys, isList, isObject, type Json } from '../json.ts';
import { Problem } from '../problem.ts';

/** A parsed YAML file, and where its parts stand. */
export interface YamlFile {
  readonly value: unknown;
  /** The line, from 1, of the part at `path`, or of its nearest parent that is there. */
  lineOf(path: readonly PropertyKey[]): number;
}

const deepest = 16;
/** Of the YAML parser: a level of values is up to two of its tokens. */
const deepestTokens = 4 * deepest;

/**
 * Parses YAML (so JSON too) from a file that may be hostile.
 *
 * @param shownAs begins every message, as `the runbook morning.yaml`
 * @throws Problem with the line
 */
export async function parseYaml(text: string, shownAs: string): Promise<YamlFile> {
  const { isNode, Lexer, LineCounter, parseDocument, Parser } = await import('yaml');
  const refuse = (why: string, fix: string) => new Problem(`${shownAs} ${why}`, fix);
  // The composer recurses; where its stack ends inside a regular expression, V8 ends the whole process.
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > deepestTokens) throw refuse('is nested too deeply', 'Flatten it.');
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, merge: false });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw refuse(`is not valid YAML in line ${line}: ${error.message}`, 'Put that line right.');
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch {
    throw refuse('uses an alias that is unknown, or aliases too often', 'Write the values out.');
  }
  const refused = unfit(value as Json, deepest);
  if (refused !== undefined) throw refuse(refused, 'Rename or flatten it.');
  return { value, lineOf };
}

function unfit(value: Json, depth: number): string | undefined {
  if (!isObject(value) && !isList(value)) return undefined;
  if (depth === 0) return `is nested deeper than ${deepest} levels`;
  for (const [key, item] of Object.entries(value)) {
    if (forbiddenKeys.has(key)) return `has a key "${key}", which is not allowed`;
    const inner = unfit(item, depth - 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
