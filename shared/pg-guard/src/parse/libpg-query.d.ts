/** The WebAssembly factory inside `libpg-query` 18.1.5, which ships no types of its own. */
declare module 'libpg-query/wasm/libpg-query.js' {
  interface LibpgQuery {
    readonly _malloc: (bytes: number) => number;
    readonly _free: (pointer: number) => void;
    /** Returns a pointer to `PgQueryParseResult`: tree, standard error, error; each a 32-bit pointer. */
    readonly _wasm_parse_query_raw: (text: number) => number;
    readonly _wasm_free_parse_result: (result: number) => void;
    readonly lengthBytesUTF8: (text: string) => number;
    readonly stringToUTF8: (text: string, pointer: number, bytes: number) => void;
    readonly UTF8ToString: (pointer: number) => string;
    readonly getValue: (pointer: number, type: 'i32') => number;
  }
  const createLibpgQuery: () => Promise<LibpgQuery>;
  export default createLibpgQuery;
}
