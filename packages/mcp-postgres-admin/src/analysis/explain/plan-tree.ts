import { count, duration } from '@cinecom/mcp-core';
import { labelOf } from './plan-flags.ts';
import { nodesOf, type PlanNode } from './plan-node.ts';

export interface PlanLine {
  readonly depth: number;
  readonly label: string;
  readonly condition?: string;
  /** Rows, loops, own time or cost, in words. */
  readonly figures: string;
}

export interface PlanTree {
  readonly lines: readonly PlanLine[];
  /** Nodes left out: the cheapest ones. */
  readonly omitted: number;
}

/**
 * The plan as at most `limit` lines. With more nodes the dearest stay; a parent is never cheaper than its child, so no
 * line loses its parent.
 */
export function planTree(root: PlanNode, limit = 40): PlanTree {
  const all = nodesOf(root);
  const weight = (node: PlanNode): number => node.inclusiveMs ?? node.inclusiveCost;
  const kept = new Set(
    all.toSorted((left, right) => weight(right) - weight(left) || left.depth - right.depth).slice(0, limit),
  );
  return {
    lines: all.filter((node) => kept.has(node)).map(lineOf),
    omitted: Math.max(0, all.length - limit),
  };
}

function lineOf(node: PlanNode): PlanLine {
  return {
    depth: node.depth,
    label: labelOf(node),
    ...(node.condition === undefined ? {} : { condition: node.condition }),
    figures: figuresOf(node),
  };
}

function figuresOf(node: PlanNode): string {
  if (node.loops === undefined) {
    return `${count(node.estimatedRows)} rows expected, own cost ${count(Math.round(node.exclusiveCost))}`;
  }
  if (node.loops === 0) return 'never executed';
  const loops = node.loops === 1 ? '' : ` × ${count(node.loops)} loops`;
  return `${count(node.actualRows ?? 0)} rows (${count(node.estimatedRows)} expected)${loops}, own time ${duration(node.exclusiveMs ?? 0)}`;
}
