import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { stepInto } from './yaml-steps.ts';

export type MapNode = YAMLMap;
export type KeyPair = Pair<Node, Node | null>;

/** A text that was parsed, with what has to be known before it is changed. */
export interface ParsedText {
  readonly text: string;
  readonly document: Document;
  /** Anchors that something refers to. */
  readonly usedAnchors: ReadonlySet<string>;
}

/** Parses a text for being changed; undefined where it is no YAML, or more than one document. */
export function parsedText(text: string): ParsedText | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const usedAnchors = new Set<string>();
  visit(document, { Alias: (_key, { source }) => void usedAnchors.add(source) });
  return { text, document, usedAnchors };
}

/** What a text means, merge keys applied; undefined where that cannot be told, as with aliases without end. */
export function meaningOf(text: string): unknown {
  try {
    return parseDocument(text, { merge: true }).toJS();
  } catch {
    return undefined; // an alias without an anchor, or too many: nothing to compare with
  }
}

/** What a key of the map itself says, not what is merged into it. */
export function ownPair(map: MapNode, key: string): KeyPair | undefined {
  return (map.items as readonly KeyPair[]).find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/** Whether a map has a key only by a merge. */
export function isMerged({ document }: ParsedText, map: MapNode, key: string): boolean {
  return ownPair(map, key) === undefined && stepInto(document, map, key) !== undefined;
}

/** Why what stands at a key cannot be changed for this place alone; undefined where it can. @param key own words of Compose */
export function sharedReason({ usedAnchors }: ParsedText, node: Node | null, key: string): string | undefined {
  if (isAlias(node)) return `${key} is an alias`;
  if (node === null) return undefined;
  if ((isMap(node) || isScalar(node)) && node.anchor !== undefined && usedAnchors.has(node.anchor)) {
    return `${key} has an anchor that others use`;
  }
  return node.tag === undefined ? undefined : `${key} has a tag`;
}
