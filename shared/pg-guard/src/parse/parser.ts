import type createLibpgQuery from 'libpg-query/wasm/libpg-query.js';

type LibpgQuery = Awaited<ReturnType<typeof createLibpgQuery>>;

/** What PostgreSQL's grammar says about a text: a tree, or an error with its place in code points from 0. */
export type ParserAnswer =
  { readonly tree: unknown; readonly error?: undefined } | { readonly error: string; readonly codePoints: number };

/** Filled at the first parse: loading takes about 0.1 s, and one parser serves the whole process. */
const loaded: { parser: Promise<LibpgQuery> | undefined } = { parser: undefined };

/**
 * Parses with PostgreSQL's own grammar, version 18, in WebAssembly.
 *
 * The package's own `parse` is not used, because it keeps one instance for ever: a text that overflows the stack leaves that
 * instance damaged, and after some twenty such texts every parse fails. Here a failed instance is thrown away.
 *
 * @throws whatever ends the WebAssembly code, such as a stack overflow
 */
export async function parseText(sql: string): Promise<ParserAnswer> {
  loaded.parser ??= import('libpg-query/wasm/libpg-query.js').then((module) => module.default());
  const parser = await loaded.parser;
  try {
    return parseWith(parser, sql);
  } catch (error) {
    loaded.parser = undefined;
    throw error;
  }
}

function parseWith(parser: LibpgQuery, sql: string): ParserAnswer {
  const size = parser.lengthBytesUTF8(sql) + 1;
  const text = parser._malloc(size);
  parser.stringToUTF8(sql, text, size);
  const result = parser._wasm_parse_query_raw(text);
  const pointer = (address: number): number => parser.getValue(address, 'i32');
  const error = pointer(result + 8);
  // PgQueryError: message, function, file, line, cursor (from 1; 0 is unknown)
  const answer: ParserAnswer =
    error === 0
      ? { tree: JSON.parse(parser.UTF8ToString(pointer(result))) as unknown }
      : { error: parser.UTF8ToString(pointer(error)), codePoints: Math.max(0, pointer(error + 16) - 1) };
  parser._wasm_free_parse_result(result);
  parser._free(text);
  return answer;
}
