/** `pg-cursor` 2.22, which ships no types of its own; only what is used here. */
declare module 'pg-cursor' {
  import type { Connection, QueryResult, Submittable } from 'pg';

  interface CursorConfig {
    readonly rowMode?: 'array';
    readonly types?: { readonly getTypeParser: () => (text: string) => string };
  }

  export default class Cursor implements Submittable {
    constructor(text: string, values: readonly unknown[], config?: CursorConfig);
    submit(connection: Connection): void;
    read(
      rows: number,
      done: (
        error: Error | null | undefined,
        rows: readonly (readonly (string | null)[])[],
        result: QueryResult,
      ) => void,
    ): void;
    /** Each row before it joins those of its batch. */
    on(event: 'row', listener: (row: (string | null)[], result: QueryResult) => void): this;
    close(): Promise<void>;
  }
}
