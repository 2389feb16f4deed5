/** Where a fingerprint is read: one connection, inside one snapshot. */
export interface FingerprintSession {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * How rows become numbers. `native` is `hashtextextended`, equal only between servers of one major; `md5` is equal everywhere.
 */
export type RowHash = 'native' | 'md5';

export type RelationKind = 'table' | 'materialized view';

/** Content of one relation; rows are compared as a bag, by their count and the sum of their hashes. */
export interface RelationPrint {
  readonly kind: RelationKind;
  readonly rows: number;
  /** Decimal sum of 64-bit hashes. */
  readonly hash: string;
  /** Share of the rows that were hashed, 0–1; below 1 chosen by a hash of the primary key. */
  readonly share: number;
  readonly bytes: number;
}

/** A sequence moves outside of snapshots. Numbers are decimal texts of 64-bit integers. */
export interface SequencePrint {
  readonly value: string;
  readonly called: boolean;
  /** Largest value (smallest, when it counts down) of the column that owns it; null without one. */
  readonly columnEnd: string | null;
  readonly increment: string;
}

export interface Fingerprint {
  readonly format: 1;
  readonly major: number;
  readonly rowHash: RowHash;
  /** By quoted, schema-qualified name. */
  readonly relations: Readonly<Record<string, RelationPrint>>;
  /** Relations that could not be read, with the reason. */
  readonly unread: Readonly<Record<string, string>>;
  readonly sequences: Readonly<Record<string, SequencePrint>>;
  /** Digest of each object's definition, by category and name. */
  readonly objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Categories that could not be read, with the reason. */
  readonly unreadCategories: Readonly<Record<string, string>>;
}
