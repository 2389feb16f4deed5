import type { Cursors } from '../results/cursor.ts';
import type { AnyTool } from './host.ts';
import type { ValidInput } from './validate.ts';

/** Opens the `cursor` of a call before the tool sees it. @throws ToolError `invalid_cursor` */
export function openCursor(cursors: Cursors, tool: AnyTool, valid: ValidInput): ValidInput {
  const { input } = valid;
  if (!hasCursor(input)) return valid;
  return { ...valid, input: { ...input, cursor: cursors.readCursor(input.cursor, tool.name, input) } };
}

/** Seals the `cursor` of an output before it is rendered. */
export function sealCursor(cursors: Cursors, tool: string, input: unknown, output: unknown): unknown {
  if (!hasCursor(output)) return output;
  return { ...output, cursor: cursors.cursorFor(output.cursor, tool, input) };
}

function hasCursor(value: unknown): value is { readonly cursor: string } {
  return typeof value === 'object' && value !== null && 'cursor' in value && typeof value.cursor === 'string';
}
