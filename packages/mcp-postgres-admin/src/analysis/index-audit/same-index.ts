import type { AuditedIndex, IndexKey } from '../../model/index-audit.ts';

/** Sorts after a needed one: what serves a constraint stays, then what is unique, then the older. */
function rank(index: AuditedIndex): readonly number[] {
  return [index.serves === null ? 1 : 0, index.unique ? 0 : 1, Number(index.oid)];
}

function isKept(a: AuditedIndex, b: AuditedIndex): boolean {
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((value, position) => value !== right[position]);
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}

/**
 * The index that makes `index` unneeded because it is the same: equal method, keys with operator class, collation and
 * options, included columns, predicate, uniqueness and nulls-not-distinct.
 */
export function duplicateOf(index: AuditedIndex, others: readonly AuditedIndex[]): AuditedIndex | undefined {
  if (!isCandidate(index)) return undefined;
  return others.find(
    (other) =>
      isUsable(index, other) &&
      isKept(other, index) &&
      index.unique === other.unique &&
      index.nullsNotDistinct === other.nullsNotDistinct &&
      index.keys.length === other.keys.length &&
      isPrefix(index.keys, other.keys) &&
      sameMembers(index.included, other.included),
  );
}

/**
 * The index that does all that `index` does, and more: `index` is not unique, its keys are the first of the other's, and
 * what it includes the other has, too. Of a btree only; the first keys of other methods say nothing.
 */
export function redundantWith(index: AuditedIndex, others: readonly AuditedIndex[]): AuditedIndex | undefined {
  if (index.unique || index.method !== 'btree' || !isCandidate(index)) return undefined;
  return others.find((other) => {
    if (!isUsable(index, other) || !isPrefix(index.keys, other.keys)) return false;
    const has = new Set([...other.keys.map(({ column }) => column), ...other.included]);
    if (!index.included.every((column) => has.has(column))) return false;
    // Of two that cover each other only one goes.
    return (
      index.keys.length < other.keys.length || index.included.length < other.included.length || isKept(other, index)
    );
  });
}

function isCandidate(index: AuditedIndex): boolean {
  return (
    index.valid &&
    index.parent === null &&
    (index.serves === null || index.serves === 'uniqueness' || index.serves === 'expression statistics')
  );
}

function isUsable(index: AuditedIndex, other: AuditedIndex): boolean {
  return (
    other.oid !== index.oid &&
    other.tableOid === index.tableOid &&
    other.valid &&
    other.method === index.method &&
    other.predicate === index.predicate &&
    other.partitioned === index.partitioned
  );
}

function isPrefix(keys: readonly IndexKey[], longer: readonly IndexKey[]): boolean {
  return keys.every((key, position) => {
    const other = longer[position];
    return (
      other !== undefined &&
      key.column === other.column &&
      key.expression === other.expression &&
      key.opclass === other.opclass &&
      key.collation === other.collation &&
      key.option === other.option
    );
  });
}

function sameMembers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}
