import type { Part } from './part.ts';

/** A relation as a statement names it. */
export interface RelationName {
  readonly schema: string | undefined;
  readonly name: string;
}

export interface AdviceColumn {
  readonly name: string;
  /** The name as SQL writes it. */
  readonly sql: string;
  /** As `format_type` tells it. */
  readonly type: string;
  /** Bytes; null without statistics. */
  readonly averageWidth: number | null;
  /** 0–1. */
  readonly nullFraction: number;
  /** Different values; null without statistics. */
  readonly distinct: number | null;
  /** Value as text, and its share of all rows, 0–1. */
  readonly mostCommon: readonly { readonly value: string; readonly share: number }[];
  /** −1 to 1: whether rows lie in the order of the column; null without statistics. */
  readonly correlation: number | null;
  /** Has a default operator class for btree. */
  readonly ordered: boolean;
  /** The operator class under which LIKE 'x%' is a range; null when the type has none. */
  readonly patternClass: string | null;
  /** Its collation compares bytes, so LIKE 'x%' is a range as it is. */
  readonly byteOrder: boolean;
  /** Equal values share an index tuple (13 and later, and the type allows it). */
  readonly deduplicates: boolean;
}

export interface ExistingIndex {
  readonly name: string;
  readonly method: string;
  readonly unique: boolean;
  /** Neither invalid nor still being built. */
  readonly valid: boolean;
  /** Key columns and expressions as SQL, with what is not the default of order and operator class. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly predicate: string | null;
}

/** What is known of a table that a statement reads. */
export interface AdviceTable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Schema and name as SQL writes them. */
  readonly sql: string;
  /** The schema alone. */
  readonly schemaSql: string;
  /** `relkind` of pg_class. */
  readonly kind: string;
  readonly rows: number;
  readonly pages: number;
  readonly blockBytes: number;
  readonly columns: readonly AdviceColumn[];
  readonly indexes: readonly ExistingIndex[];
  /** Rows since counting began. */
  readonly writes: { readonly inserted: number; readonly updated: number; readonly deleted: number };
  /** Scans of the table and its indexes over the same time. */
  readonly scans: number;
  /** Was analysed, by hand or by autovacuum. */
  readonly analysed: boolean;
  /** Share of rows changed since, 0 and up. */
  readonly changedShare: number;
}

/** What the planner expects of a statement with some imagined indexes. */
export interface Planned {
  /** Total cost in the planner's units. */
  readonly cost: number;
  /** Those of the imagined indexes that the plan reads, as they were given. */
  readonly used: readonly string[];
}

/** A statement to plan for any values. */
export interface PlannedText {
  readonly sql: string;
  /** Highest `$n`. */
  readonly parameters: number;
}

/** One connection on which indexes can be imagined; afterwards nothing of it stays. */
export interface WhatIf {
  /** Why a statement, by its place in the list, cannot be planned. */
  readonly refused: ReadonlyMap<number, string>;
  /** True when it has been sent so much that no further plan should be asked for. */
  full(): boolean;
  /** Those of the CREATE INDEX texts that the server could build. */
  possible(indexes: readonly string[]): Promise<ReadonlySet<string>>;
  /** @param statement its place in the list */
  plan(statement: number, indexes: readonly string[]): Promise<Planned>;
}

export interface IndexAdviceReads {
  /** Found as the role's own sessions find them, one for one; undefined for what is no relation. */
  adviceTables(names: readonly RelationName[], signal: AbortSignal): Promise<readonly (AdviceTable | undefined)[]>;
  /**
   * Plans statements, which are only ever explained, with imagined indexes. A statement that takes a fifth of the time alone
   * is refused.
   *
   * @returns what `work` does, or why indexes cannot be imagined here
   */
  whatIf<Result>(
    request: { readonly statements: readonly PlannedText[]; readonly budgetMs: number },
    work: (session: WhatIf) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Part<Result>>;
}
