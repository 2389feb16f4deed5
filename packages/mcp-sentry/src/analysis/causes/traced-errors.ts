import type { Trace } from '../../model/trace.ts';
import { errorsInOrder, type Flat, flatten } from '../traces/walk.ts';
import type { TracedError } from './failing-upstream.ts';

/** Errors of a trace, and which of them happened below a span of ours. */
export function tracedErrors(trace: Trace, ownProjectId: string | undefined): readonly TracedError[] {
  const flat = flatten(trace);
  return errorsInOrder(trace, flat).map(({ error, node }) => ({
    error,
    isCalledByUs: node !== undefined && ownProjectId !== undefined && isBelow(node, ownProjectId, flat),
  }));
}

function isBelow(node: number, projectId: string, { nodes }: Flat): boolean {
  for (let at = nodes[node]!.parent; at !== undefined; at = nodes[at]!.parent) {
    if (nodes[at]!.span.projectId === projectId) return true;
  }
  return false;
}
