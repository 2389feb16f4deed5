import { GuardRefusal } from '../refusal.ts';
import { parseText } from './parser.ts';
import { codePointToTextOffset } from './text-offsets.ts';
import type { TreeNode } from './walk.ts';

export interface ParsedStatement {
  /** The wrapped statement, `{SelectStmt: …}`. */
  readonly statement: TreeNode;
  /** Byte offset of the statement in the text. */
  readonly offset: number;
}

interface RawStatement {
  readonly stmt?: TreeNode;
  readonly stmt_location?: number;
}

/**
 * Splits a text into its statements.
 *
 * @param sql well-formed text without NUL: the parser would stop reading there
 * @throws GuardRefusal `syntax` with the place, `too-deep` when the parser's stack ends
 */
export async function parseStatements(sql: string): Promise<readonly ParsedStatement[]> {
  const answer = await parseText(sql).catch(refuseDepth);
  if (answer.error !== undefined && /memory exhausted|stack depth/.test(answer.error)) return refuseDepth(answer.error);
  if (answer.error !== undefined) throw refuseSyntax(sql, answer.error, answer.codePoints);
  const { stmts = [] } = answer.tree as { readonly stmts?: readonly RawStatement[] };
  return stmts.map((raw) => ({ statement: raw.stmt ?? {}, offset: raw.stmt_location ?? 0 }));
}

function refuseDepth(cause: unknown): never {
  throw new GuardRefusal(
    {
      rule: 'too-deep',
      node: 'text',
      message: 'the parser ran out of stack on this text: it nests too deeply',
      instead: 'give a shorter statement; use IN (…) and arrays instead of long chains of operators',
    },
    cause,
  );
}

function refuseSyntax(sql: string, message: string, codePoints: number): GuardRefusal {
  return new GuardRefusal({
    rule: 'syntax',
    node: 'text',
    position: codePointToTextOffset(sql, codePoints),
    message,
    instead: 'correct the statement',
  });
}
