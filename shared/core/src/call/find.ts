import { ToolError } from '../errors/tool-error.ts';
import type { AnyTool } from './host.ts';

/** @throws ToolError `unknown_tool` with the nearest names */
export function findTool(tools: ReadonlyMap<string, AnyTool>, name: string): AnyTool {
  const tool = tools.get(name);
  if (tool) return tool;
  throw new ToolError('unknown_tool', 'no tool of this server has that name', {
    hint: nearestOf(name, [...tools.keys()]),
  });
}

/** `Did you mean …? It has: …`. */
export function nearestOf(name: string, names: readonly string[]): string {
  const close = nearest(name.slice(0, 100), names);
  return `${close === undefined ? '' : `Did you mean ${close}? `}It has: ${names.join(', ')}.`;
}

function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .toSorted((left, right) => left.distance - right.distance);
  return best && best.distance <= Math.max(2, name.length / 3) ? best.candidate : undefined;
}

/** Levenshtein. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const above = row;
    row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same));
    }
  }
  return row[right.length]!;
}
