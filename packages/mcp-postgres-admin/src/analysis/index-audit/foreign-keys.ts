import type { AuditedIndex, ForeignKey } from '../../model/index-audit.ts';

/** An index with which the server finds the rows that refer to a deleted one: any order of the columns, but first. */
export function supportingIndex(key: ForeignKey, indexes: readonly AuditedIndex[]): AuditedIndex | undefined {
  return indexes.find((index) => supports(index, key));
}

export function supports(index: AuditedIndex, key: ForeignKey): boolean {
  if (index.tableOid !== key.tableOid || !index.valid) return false;
  if (index.method !== 'btree' && !(index.method === 'hash' && key.columns.length === 1)) return false;
  const leading = new Set(index.keys.slice(0, key.columns.length).map(({ column }) => column));
  return (
    leading.size === key.columns.length &&
    key.columns.every((column) => leading.has(column)) &&
    (index.predicate === '' || isNotNull(index.predicate, key))
  );
}

/** A referring null refers to nothing. */
function isNotNull(predicate: string, { columnNames }: ForeignKey): boolean {
  return columnNames.some((name) => predicate === `(${name} IS NOT NULL)`);
}

/** What deletes and updates of the parent cost without an index: rows to look through, as often as it is written. */
export function missingCost({ rows, parentWrites }: ForeignKey): number {
  return Math.max(0, rows) * parentWrites;
}

export function differingTypes({ types, parentTypes, columnNames }: ForeignKey): readonly string[] {
  return columnNames.flatMap((name, position) =>
    types[position] === parentTypes[position]
      ? []
      : [`${name} is ${types[position]}, refers to ${parentTypes[position]}`],
  );
}
