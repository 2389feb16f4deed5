import { GuardRefusal } from '../refusal.ts';
import { codePointToTextOffset } from './text-offsets.ts';
import type { TreeNode } from './walk.ts';

export interface ParsedStatement {
  /** The wrapped statement, `{SelectStmt: …}`. */
  readonly statement: TreeNode;
  /** Byte offset of the statement in the text. */
  readonly offset: number;
}

/**
 * Parses with PostgreSQL's own grammar (version 18, WebAssembly), loaded at the first call.
 *
 * @param sql well-formed text without NUL: the parser would stop reading there
 * @throws GuardRefusal `syntax` with the place, `too-deep` when the parser's stack ends
 */
export async function parseStatements(sql: string): Promise<readonly ParsedStatement[]> {
  const { parse, hasSqlDetails } = await import('libpg-query');
  try {
    const { stmts } = await parse(sql);
    return (stmts ?? []).map((raw) => ({
      statement: (raw.stmt ?? {}) as unknown as TreeNode,
      offset: raw.stmt_location ?? 0,
    }));
  } catch (error) {
    if (hasSqlDetails(error) && !/memory exhausted|stack depth/.test(error.message)) {
      throw new GuardRefusal(
        {
          rule: 'syntax',
          node: 'text',
          position: codePointToTextOffset(sql, error.sqlDetails?.cursorPosition ?? 0),
          message: error.message,
          instead: 'correct the statement',
        },
        error,
      );
    }
    throw new GuardRefusal(
      {
        rule: 'too-deep',
        node: 'text',
        message: 'the parser gave up on this text: it is empty or nests too deeply',
        instead: 'give one shorter statement',
      },
      error,
    );
  }
}
