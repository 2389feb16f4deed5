import { ToolError } from '../errors/tool-error.ts';
import { nearest } from '../settings/nearest.ts';
import type { AnyTool } from './host.ts';

/** @throws ToolError `unknown_tool` with the nearest names */
export function findTool(tools: ReadonlyMap<string, AnyTool>, name: string): AnyTool {
  const tool = tools.get(name);
  if (tool) return tool;
  throw new ToolError('unknown_tool', 'no tool of this server has that name', {
    hint: nearestOf(name, [...tools.keys()]),
  });
}

/** The nearest name, or all of them. */
export function nearestOf(name: string, names: readonly string[]): string {
  const close = nearest(name, names);
  return close === undefined ? `It has: ${names.join(', ')}.` : `Did you mean ${close}?`;
}
