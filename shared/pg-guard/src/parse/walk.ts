import { GuardRefusal } from '../refusal.ts';
import { NODE_SHAPES } from './node-shapes.ts';
import { refuseNode } from './refuse-node.ts';

export type TreeNode = Readonly<Record<string, unknown>>;

export interface Visit {
  readonly type: string;
  readonly node: TreeNode;
  /** Byte offset in the statement: the node's own, or that of the nearest node around it. */
  readonly offset: number;
  readonly parent: Visit | undefined;
  /** Field of the parent that holds this node. */
  readonly field: string;
}

interface Pending {
  readonly type: string;
  readonly node: unknown;
  readonly parent: Visit | undefined;
  readonly field: string;
  readonly depth: number;
}

const MAX_DEPTH = 1_500;
const MAX_NODES = 100_000;

/**
 * Visits every node below `root`, in no promised order, and refuses what the shapes do not know: a node type, a field, or a value
 * of another kind than the shape says. Nothing is skipped, so a function hidden in a nested list is visited too.
 *
 * @throws GuardRefusal for an unknown node or field, or a tree too deep or too large
 */
export function walk(root: unknown, type: string, visit: (visit: Visit) => void): void {
  const pending: Pending[] = [{ type, node: root, parent: undefined, field: '', depth: 0 }];
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    count += 1;
    if (next.depth > MAX_DEPTH || count > MAX_NODES) throw tooDeep(next.parent);
    const node = asObject(next.node, next);
    const shape = Object.hasOwn(NODE_SHAPES, next.type) ? NODE_SHAPES[next.type] : undefined;
    const offset = offsetOf(node, next.parent, shape !== undefined && 'location' in shape);
    if (shape === undefined) throw refuseNode(next.type, node, offset);
    const here: Visit = { type: next.type, node, offset, parent: next.parent, field: next.field };
    visit(here);
    for (const [field, value] of Object.entries(node)) {
      const kind = Object.hasOwn(shape, field) ? shape[field] : undefined;
      if (kind === undefined) throw refuseNode(next.type, node, offset, field);
      for (const child of childrenOf(kind, value, here, field)) {
        pending.push({ ...child, parent: here, field, depth: next.depth + 1 });
      }
    }
  }
}

function* childrenOf(
  kind: string,
  value: unknown,
  at: Visit,
  field: string,
): Generator<{ readonly type: string; readonly node: unknown }> {
  if (kind === 'value') {
    if (typeof value === 'object') throw refuseNode(at.type, at.node, at.offset, field);
  } else if (kind === 'literal') {
    const scalars = Object.values(asObject(value, { type: at.type, parent: at }));
    if (scalars.some((scalar) => typeof scalar === 'object')) throw refuseNode(at.type, at.node, at.offset, field);
  } else if (kind === 'nodes') {
    for (const wrapped of Array.isArray(value) ? value : [value]) yield* unwrap(wrapped, at);
  } else {
    yield { type: kind, node: value };
  }
}

/** A wrapped node is `{Type: fields}`; the parser writes an empty object where a list holds nothing. */
function* unwrap(wrapped: unknown, at: Visit): Generator<{ readonly type: string; readonly node: unknown }> {
  const entries = Object.entries(asObject(wrapped, { type: at.type, parent: at }));
  if (entries.length > 1) throw refuseNode(at.type, at.node, at.offset);
  for (const [type, node] of entries) yield { type, node };
}

function asObject(value: unknown, at: { readonly type: string; readonly parent: Visit | undefined }): TreeNode {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as TreeNode;
  throw refuseNode(at.type, {}, at.parent?.offset ?? 0);
}

function offsetOf(node: TreeNode, parent: Visit | undefined, hasLocation: boolean): number {
  const { location } = node;
  if (typeof location === 'number' && location >= 0) return location;
  // the JSON leaves out a location of 0, and -1 means unknown
  if (location === undefined && hasLocation) return 0;
  return parent?.offset ?? 0;
}

function tooDeep(at: Visit | undefined): GuardRefusal {
  return new GuardRefusal({
    rule: 'too-deep',
    node: at?.type ?? 'SelectStmt',
    position: at?.offset,
    message: `the statement nests deeper than ${MAX_DEPTH} levels or has more than ${MAX_NODES} parts`,
    instead: 'split it, or use IN (…) and arrays instead of long chains of operators',
  });
}
