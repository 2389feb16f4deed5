import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../define/canonical.ts';
import { ToolError } from '../errors/tool-error.ts';

const prefix = 'cur_';
const macBytes = 8;
const longestPosition = 500;

/** Where the next page begins, sealed: a model can neither invent a position nor carry one to another call. */
export interface Cursors {
  /**
   * @param position what the tool needs to go on; ≤500 characters
   * @param args parsed arguments of the call; `cursor` and `limit` among them do not count
   */
  cursorFor(position: string, tool: string, args: unknown): string;
  /** @throws ToolError `invalid_cursor` when it is damaged or belongs to another call */
  readCursor(cursor: string, tool: string, args: unknown): string;
}

/** @param key secret of the process, or shared by replicas */
export function createCursors(key: Uint8Array): Cursors {
  const mac = (position: string, tool: string, args: unknown): Buffer =>
    createHmac('sha256', key)
      .update(canonicalJson(['cursor 1', tool, boundTo(args), position]))
      .digest()
      .subarray(0, macBytes);
  return {
    cursorFor(position, tool, args) {
      if (position.length > longestPosition) throw new RangeError('a cursor position is too long');
      return prefix + Buffer.concat([mac(position, tool, args), Buffer.from(position)]).toString('base64url');
    },
    readCursor(cursor, tool, args) {
      const bytes = Buffer.from(cursor.slice(prefix.length), 'base64url');
      const position = bytes.subarray(macBytes).toString('utf8');
      const given = bytes.subarray(0, macBytes);
      // Decoding is lenient: only the one spelling that was given out counts.
      const isWhole = prefix + bytes.toString('base64url') === cursor && given.length === macBytes;
      if (isWhole && timingSafeEqual(given, mac(position, tool, args))) return position;
      throw new ToolError('invalid_cursor', 'the cursor is damaged or belongs to another call', {
        hint: 'Repeat the same arguments with the cursor of the last answer, or leave it out to start over.',
      });
    },
  };
}

function boundTo(args: unknown): unknown {
  if (typeof args !== 'object' || args === null) return args;
  const { cursor: _cursor, limit: _limit, ...rest } = args as Readonly<Record<string, unknown>>;
  return JSON.parse(JSON.stringify(rest));
}
