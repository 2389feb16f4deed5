import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyRoot, leafHash } from './hash.ts';
import { CompactRange, MerkleTree, verifyConsistency, verifyInclusion } from './merkle.ts';

// The eight leaves and roots that the Certificate Transparency reference code publishes for RFC 6962.
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaves = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));

function treeOf(hashes: readonly string[]): MerkleTree {
  const tree = new MerkleTree();
  for (const hash of hashes) tree.append(hash);
  return tree;
}

const hex = (digest: string): string => Buffer.from(digest, 'base64url').toString('hex');

test('the published Certificate Transparency roots come out', () => {
  const tree = treeOf(inputs.map((input) => leafHash(Buffer.from(input, 'hex'))));
  expect(hex(tree.root(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(roots.map((_, index) => hex(tree.root(index + 1)))).toEqual(roots);
});

test('the published inclusion and consistency paths come out', () => {
  const tree = treeOf(inputs.map((input) => leafHash(Buffer.from(input, 'hex'))));
  expect(tree.inclusionProof(5, 8).map(hex)).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  expect(tree.consistencyProof(6, 8).map(hex)).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

test('a compact range has the root of the whole tree at every size', () => {
  const range = new CompactRange();
  const tree = new MerkleTree();
  expect(range.root()).toBe(emptyRoot);
  for (const leaf of leaves(200)) {
    range.append(leaf);
    tree.append(leaf);
    expect(range.root()).toBe(tree.root());
  }
  const copy = range.clone();
  copy.append(leafHash(Buffer.from('one more')));
  expect(range.root()).toBe(tree.root());
});

test('every inclusion proof verifies, and only for its leaf, place, size and root', () => {
  const hashes = leaves(130);
  const tree = treeOf(hashes);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 130 }), fc.nat(), fc.nat(), (size, pick, other) => {
      const index = pick % size;
      const leaf = hashes[index] ?? '';
      const proof = tree.inclusionProof(index, size);
      const root = tree.root(size);
      expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
      const wrong = other % size;
      expect(verifyInclusion(leaf, wrong, size, proof, root)).toBe(wrong === index);
      expect(verifyInclusion(hashes[wrong] ?? '', index, size, proof, root)).toBe(wrong === index);
      expect(verifyInclusion(leaf, index, size, [...proof, leaf], root)).toBe(false);
      expect(verifyInclusion(leaf, index, size, proof, tree.root(size === 1 ? 2 : size - 1))).toBe(false);
      expect(verifyInclusion(leaf, size, size, proof, root)).toBe(false);
    }),
  );
});

test('every consistency proof verifies, and none fits another pair of trees', () => {
  const tree = treeOf(leaves(130));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 130 }), fc.nat(), (second, pick) => {
      const first = pick % (second + 1);
      const proof = tree.consistencyProof(first, second);
      expect(verifyConsistency(first, second, tree.root(first), tree.root(second), proof)).toBe(true);
      if (first === 0) return;
      expect(verifyConsistency(first, second, tree.root(first - 1), tree.root(second), proof)).toBe(false);
      expect(
        verifyConsistency(first, second, tree.root(first), tree.root(second === 130 ? 129 : second + 1), proof),
      ).toBe(false);
    }),
  );
});

test('proofs of leaves or sizes that are not there are refused', () => {
  const tree = treeOf(leaves(3));
  expect(() => tree.inclusionProof(3)).toThrow(RangeError);
  expect(() => tree.inclusionProof(0, 4)).toThrow(RangeError);
  expect(() => tree.consistencyProof(4)).toThrow(RangeError);
});
