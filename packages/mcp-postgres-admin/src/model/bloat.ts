import type { ServerFacts } from './server-facts.ts';

/** A column as its values are laid out. */
export interface ColumnLayout {
  readonly nullFraction: number;
  /** Bytes of a value that is not null. */
  readonly averageWidth: number;
  /** Of `pg_type.typalign`: 1, 2, 4 or 8. */
  readonly alignment: number;
  /** Bytes of a value of fixed length; −1 = varies. */
  readonly length: number;
  /** Different values: a count, or the negative share of the rows, as `pg_stats` has it. */
  readonly distinct: number;
}

/** What a table's bloat is estimated from. */
export interface TableLayout {
  readonly oid: string;
  readonly table: string;
  readonly pages: number;
  /** Pages that a vacuum found to hold only rows that everybody sees. */
  readonly allVisiblePages: number;
  readonly tuples: number;
  readonly blockBytes: number;
  /** Percent. */
  readonly fillFactor: number;
  readonly columns: readonly ColumnLayout[];
  /** Columns without statistics, or of type `name`. */
  readonly notEstimable: number;
  /** Holds the long values of another; no statistics tell of it. */
  readonly toast: boolean;
}

export interface IndexLayout {
  readonly oid: string;
  readonly index: string;
  readonly table: string;
  /** `btree`, `gin`, … */
  readonly method: string;
  readonly pages: number;
  readonly tuples: number;
  readonly tableTuples: number;
  readonly blockBytes: number;
  /** Percent. */
  readonly fillFactor: number;
  readonly unique: boolean;
  readonly valid: boolean;
  /** Equal keys share one entry: from 13, where the types allow it and the index does not forbid it. */
  readonly deduplicates: boolean;
  /** Keys, then included columns. */
  readonly columns: readonly ColumnLayout[];
  readonly notEstimable: number;
}

export interface BloatLayouts {
  readonly facts: ServerFacts;
  readonly tables: readonly TableLayout[];
  readonly indexes: readonly IndexLayout[];
  /** Objects too small, or too many, to be looked at. */
  readonly left: number;
}

export type BloatMethod = 'pgstattuple' | 'pgstattuple_approx' | 'pgstatindex';

/** Something to be read from end to end, or nearly so. */
export interface BloatTarget {
  readonly oid: string;
  readonly method: BloatMethod;
  /** That reading it costs. */
  readonly bytes: number;
}

export interface TableMeasure {
  readonly kind: 'table';
  readonly bytes: number;
  readonly tuples: number;
  readonly tupleBytes: number;
  readonly deadTuples: number;
  readonly deadBytes: number;
  readonly freeBytes: number;
}

export interface IndexMeasure {
  readonly kind: 'index';
  readonly bytes: number;
  readonly leafPages: number;
  /** Percent. */
  readonly leafDensity: number;
  readonly emptyPages: number;
  readonly deletedPages: number;
}

export type BloatMeasure = TableMeasure | IndexMeasure;

export interface BloatOptions {
  /** A table or index as SQL writes it. */
  readonly object?: string | undefined;
  readonly kind: 'table' | 'index' | 'all';
}

export interface BloatReads {
  /** What can be estimated from, biggest first; undefined = there is no such object. */
  bloatLayouts(options: BloatOptions, signal: AbortSignal): Promise<BloatLayouts | undefined>;
  /**
   * Reads the objects themselves, one by one in the order given, until all or the time is used up.
   *
   * @returns by oid; a missing one was not reached, a text says why it could not be read
   */
  measureBloat(
    targets: readonly BloatTarget[],
    onStep: (done: number) => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, BloatMeasure | string>>;
}
