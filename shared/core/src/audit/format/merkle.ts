import { type Digest, emptyRoot, nodeHash } from './hash.ts';

/** Half-open range of leaves, `start` included. */
export type LeafRange = readonly [start: number, end: number];

/**
 * The subtrees whose roots form the inclusion proof of one leaf, from its sibling up to the root's child.
 *
 * @throws RangeError when `index` is outside the tree
 * @see RFC 6962 §2.1.1
 */
export function siblingRanges(index: number, size: number): LeafRange[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`leaf ${index} is outside a tree of ${size}`);
  }
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
    }
  }
  return ranges.toReversed();
}

/** Largest power of two smaller than `size`, for size ≥2. */
function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The right-hand edge of a growing tree: O(log n) memory, amortised one hash a leaf. */
export class CompactRange {
  #size = 0;
  #peaks: Digest[] = [];

  get size(): number {
    return this.#size;
  }

  append(leaf: Digest): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      node = nodeHash(this.#peaks.pop() ?? '', node);
    }
    this.#peaks.push(node);
    this.#size += 1;
  }

  /** RFC 6962 Merkle tree hash of all leaves so far. */
  root(): Digest {
    let root = this.#peaks.at(-1) ?? emptyRoot;
    for (let index = this.#peaks.length - 2; index >= 0; index -= 1) root = nodeHash(this.#peaks[index] ?? '', root);
    return root;
  }

  clone(): CompactRange {
    const copy = new CompactRange();
    copy.#size = this.#size;
    copy.#peaks = [...this.#peaks];
    return copy;
  }
}

/** A whole tree in memory: every proof of RFC 6962 in O(log² n). Takes 64 bytes or so a leaf. */
export class MerkleTree {
  readonly #levels: Digest[][] = [[]];

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(leaf: Digest): void {
    let node = leaf;
    for (let height = 0; ; height += 1) {
      const level = (this.#levels[height] ??= []);
      level.push(node);
      if (level.length % 2 === 1) return;
      node = nodeHash(level.at(-2) ?? '', node);
    }
  }

  /** @param size of an earlier state of this tree; default now. */
  root(size: number = this.size): Digest {
    return size === 0 ? emptyRoot : this.#subtree(0, size);
  }

  /** @throws RangeError when `index` is not below `size` */
  inclusionProof(index: number, size: number = this.size): Digest[] {
    return siblingRanges(index, this.#within(size)).map(([start, end]) => this.#subtree(start, end));
  }

  /**
   * Proves that the first `first` leaves of the tree of `size` are the tree of `first`.
   *
   * @see RFC 6962 §2.1.2
   */
  consistencyProof(first: number, size: number = this.size): Digest[] {
    if (first < 0 || first > this.#within(size)) throw new RangeError(`size ${first} is outside a tree of ${size}`);
    return first === 0 || first === size ? [] : this.#consistency(first, 0, size, true);
  }

  #consistency(first: number, start: number, end: number, whole: boolean): Digest[] {
    if (first === end - start) return whole ? [] : [this.#subtree(start, end)];
    const half = largestPowerBelow(end - start);
    return first <= half
      ? [...this.#consistency(first, start, start + half, whole), this.#subtree(start + half, end)]
      : [...this.#consistency(first - half, start + half, end, false), this.#subtree(start, start + half)];
  }

  #subtree(start: number, end: number): Digest {
    const width = end - start;
    const height = Math.log2(width);
    if (Number.isInteger(height)) return this.#levels[height]?.[start / width] ?? '';
    const middle = start + largestPowerBelow(width);
    return nodeHash(this.#subtree(start, middle), this.#subtree(middle, end));
  }

  #within(size: number): number {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.size) throw new RangeError(`no tree of size ${size}`);
    return size;
  }
}

/** @see RFC 9162 §2.1.3.2 */
export function verifyInclusion(
  leaf: Digest,
  index: number,
  size: number,
  proof: readonly Digest[],
  root: Digest,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  const ranges = siblingRanges(index, size);
  if (ranges.length !== proof.length) return false;
  let node = leaf;
  for (const [step, [start]] of ranges.entries()) {
    const sibling = proof[step] ?? '';
    node = start > index ? nodeHash(node, sibling) : nodeHash(sibling, node);
  }
  return node === root;
}

/** @see RFC 9162 §2.1.4.2 */
export function verifyConsistency(
  first: number,
  second: number,
  firstRoot: Digest,
  secondRoot: Digest,
  proof: readonly Digest[],
): boolean {
  if (first > second || first < 0) return false;
  if (first === second) return proof.length === 0 && firstRoot === secondRoot;
  if (first === 0) return proof.length === 0 && firstRoot === emptyRoot;
  const path = Number.isInteger(Math.log2(first)) ? [firstRoot, ...proof] : [...proof];
  let node = first - 1;
  let last = second - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let older = path[0];
  let newer = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0 || older === undefined || newer === undefined) return false;
    if (node % 2 === 1 || node === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      newer = nodeHash(newer, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return older === firstRoot && newer === secondRoot && last === 0;
}
