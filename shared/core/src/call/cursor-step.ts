import type { Cursors } from '../results/cursor.ts';
import type { AnyTool } from './host.ts';
import type { ValidInput } from './validate.ts';

/** Opens the `cursor` of a call before the tool sees it. @throws ToolError `invalid_cursor` */
export async function openCursor(
  cursors: () => Promise<Cursors>,
  tool: AnyTool,
  valid: ValidInput,
): Promise<ValidInput> {
  const { input } = valid;
  if (!hasCursor(input)) return valid;
  const position = (await cursors()).readCursor(input.cursor, tool.name, input);
  return { ...valid, input: { ...input, cursor: position } };
}

/** Seals the `cursor` of an output before it is rendered. */
export async function sealCursor(
  cursors: () => Promise<Cursors>,
  tool: string,
  input: unknown,
  output: unknown,
): Promise<unknown> {
  if (!hasCursor(output)) return output;
  return { ...output, cursor: (await cursors()).cursorFor(output.cursor, tool, input) };
}

function hasCursor(value: unknown): value is { readonly cursor: string } {
  return typeof value === 'object' && value !== null && 'cursor' in value && typeof value.cursor === 'string';
}
