import { scanNodeTree, type TreeReach } from './node-tree.ts';

export interface PlannedReach {
  /** In parts without a column: the planner computes them although nobody asks for them. */
  readonly computed: TreeReach;
  /** In parts with a column: not run by planning. */
  readonly left: TreeReach;
}

/**
 * Splits the expression of an index, a check or a statistic into what planning a read of the table computes and what it leaves.
 *
 * @param tree a `pg_node_tree`: `{FUNCEXPR :funcid 1 … :args ({CONST …} {VAR …})}`, brackets within values escaped
 */
export function scanPlannedTree(tree: string): PlannedReach {
  const open: { readonly start: number; column: boolean }[] = [];
  const constant: string[] = [];
  for (let index = 0; index < tree.length; index += 1) {
    const character = tree[index];
    if (character === '\\') index += 1;
    else if (character === '{') open.push({ start: index, column: tree.startsWith('{VAR ', index) });
    else if (character === '}') {
      const node = open.pop();
      const around = open.at(-1);
      if (around !== undefined && node?.column === true) around.column = true;
      if (node !== undefined && !node.column) constant.push(tree.slice(node.start, index + 1));
    }
  }
  return { computed: scanNodeTree(constant.join(' ')), left: scanNodeTree(tree) };
}
