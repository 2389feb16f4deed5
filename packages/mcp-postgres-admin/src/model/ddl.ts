/** What a DDL statement would meet. */
export interface DdlTarget {
  /** As the statement names it. */
  readonly asked: string;
  /** Quoted and schema-qualified. */
  readonly name: string;
  /** `relkind` of pg_class; of an index that of its table is in `table`. */
  readonly kind: string;
  /** Of an index: its table. */
  readonly table: string | null;
  /** With indexes and TOAST. */
  readonly bytes: number;
  readonly rows: number;
  readonly columns: readonly { readonly column: string; readonly type: string; readonly notNull: boolean }[];
  /** Columns that a validated CHECK says are not null. */
  readonly checkedNotNull: readonly string[];
  /** Sessions that hold a lock on it now, and for how long the oldest transaction among them runs, ms. */
  readonly holders: number;
  readonly oldestHolderMs: number | null;
}

export interface DdlSurroundings {
  readonly targets: readonly DdlTarget[];
  /** Of the functions named, those of which one variant is volatile, or that are unknown. */
  readonly volatileFunctions: readonly string[];
  readonly versionNumber: number;
}

export interface DdlReads {
  /** What the relations and functions of DDL are now; names that do not exist are left out. */
  ddlSurroundings(
    names: { readonly relations: readonly string[]; readonly functions: readonly string[] },
    signal: AbortSignal,
  ): Promise<DdlSurroundings>;
}
