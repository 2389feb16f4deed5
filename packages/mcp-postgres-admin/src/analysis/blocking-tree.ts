import type { LockWait } from '../model/lock-wait.ts';
import { groupBy } from './group-by.ts';

/** A session in the tree: it waits, unless it is a root. */
export interface BlockingNode {
  /** 0 = a prepared transaction. */
  readonly pid: number;
  readonly wait: LockWait | undefined;
  /** Blockers beside the one it is shown under. */
  readonly alsoBlockedBy: readonly number[];
  readonly victims: readonly BlockingNode[];
}

export interface BlockingTree extends BlockingNode {
  /** Sessions below the root, however deep. */
  readonly victimCount: number;
  /** Longest wait below the root, ms. */
  readonly longestWaitMs: number;
  /** It waits itself, in a circle: the server will end one of them. */
  readonly deadlock: boolean;
}

/**
 * Who is to be looked at: trees of waiting sessions under those that block and do not wait, most victims first.
 *
 * Every waiting session is in exactly one tree, once. A session with several blockers stands under the one whose root has
 * the smallest pid, and names the others. A circle hangs under its smallest pid.
 */
export function blockingTrees(waits: readonly LockWait[]): readonly BlockingTree[] {
  const waiting = new Map(waits.map((wait) => [wait.pid, wait]));
  const placed = new Set<number>();
  const childrenOf = groupBy(
    waits.flatMap((wait) => wait.blockedBy.map((blocker) => ({ blocker, wait }))),
    ({ blocker }) => blocker,
  );
  const grow = (pid: number, parent: number | undefined): BlockingNode => {
    placed.add(pid);
    const wait = waiting.get(pid);
    const victims: BlockingNode[] = [];
    for (const child of childrenOf.get(pid) ?? []) {
      if (!placed.has(child.wait.pid)) victims.push(grow(child.wait.pid, pid));
    }
    const alsoBlockedBy = (wait?.blockedBy ?? []).filter((blocker) => blocker !== parent);
    return { pid, wait, alsoBlockedBy, victims };
  };
  const roots = [...childrenOf.keys()].filter((pid) => !waiting.has(pid)).toSorted((a, b) => a - b);
  const trees = roots.map((pid) => asTree(grow(pid, undefined)));
  // What is left waits in circles, or for a blocker that ended meanwhile.
  for (const wait of waits.toSorted((a, b) => a.pid - b.pid)) {
    if (!placed.has(wait.pid)) trees.push(asTree(grow(wait.pid, undefined)));
  }
  return trees.toSorted((a, b) => b.victimCount - a.victimCount || b.longestWaitMs - a.longestWaitMs || a.pid - b.pid);
}

function asTree(root: BlockingNode): BlockingTree {
  const below = flatten(root).slice(1);
  return {
    ...root,
    victimCount: below.length,
    longestWaitMs: Math.max(0, ...below.map((node) => node.wait?.waitMs ?? 0)),
    deadlock: root.wait !== undefined && root.victims.length > 0,
  };
}

/** A node and all below it, parents first. */
export function flatten(node: BlockingNode): readonly BlockingNode[] {
  return [node, ...node.victims.flatMap(flatten)];
}
