import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

/** A key or an item, and what stands there. */
export interface Step {
  /** Where the key or the item begins, an offset of the text. */
  readonly offset: number;
  readonly node: Node | undefined;
}

/** One step down a document: own keys before merged ones, items of a list by index or by `NAME` of `NAME=value`. */
export function stepInto(document: Document, from: Node | undefined, key: string | number): Step | undefined {
  const node = resolved(document, from);
  if (isMap(node)) return memberOf(document, node, String(key), new Set());
  if (!isSeq(node)) return undefined;
  const items = node.items as readonly Node[];
  const item = typeof key === 'number' ? items[key] : items.find((one) => names(resolved(document, one), key));
  return item === undefined ? undefined : { offset: item.range?.[0] ?? 0, node: item };
}

/** The node that an alias stands for. */
export function resolved(document: Document, node: Node | undefined): Node | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

/** @param seen maps that were looked into already: merges may go round in circles */
function memberOf(document: Document, map: YAMLMap, key: string, seen: Set<YAMLMap>): Step | undefined {
  if (seen.has(map)) return undefined;
  seen.add(map);
  const pairs = map.items as readonly Pair<Node, Node | null>[];
  const own = pairs.findLast((pair) => keyOf(pair) === key);
  if (own !== undefined) return { offset: own.key.range?.[0] ?? 0, node: own.value ?? undefined };
  for (const merged of pairs.filter((pair) => keyOf(pair) === '<<')) {
    const value = resolved(document, merged.value ?? undefined);
    const sources = isSeq(value) ? (value.items as readonly Node[]) : [value];
    for (const source of sources.map((one) => resolved(document, one ?? undefined))) {
      const found = isMap(source) ? memberOf(document, source, key, seen) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function keyOf({ key }: Pair<Node>): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function names(item: Node | undefined, name: string): boolean {
  const text = isScalar(item) ? String(item.value) : undefined;
  return text !== undefined && (text === name || text.startsWith(`${name}=`));
}
