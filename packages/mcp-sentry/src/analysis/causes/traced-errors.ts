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

/** Slugs of the projects that a trace passed through; none without a trace. */
export function tracedProjects(trace: Trace | undefined): ReadonlySet<string> {
  if (trace === undefined) return new Set();
  const spans = flatten(trace).nodes.map(({ span }) => span);
  const errors = [...trace.looseErrors, ...spans.flatMap((span) => span.errors)];
  return new Set([...spans, ...errors].flatMap(({ project }) => project ?? []));
}

function isBelow(node: number, projectId: string, { nodes }: Flat): boolean {
  for (let at = nodes[node]!.parent; at !== undefined; at = nodes[at]!.parent) {
    if (nodes[at]!.span.projectId === projectId) return true;
  }
  return false;
}
