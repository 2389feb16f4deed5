export type MaintenanceOp = 'analyze' | 'vacuum' | 'freeze' | 'reindex_concurrently' | 'create_index_concurrently';

/** A relation that maintenance is meant for, as the catalog has it now. */
export interface MaintenanceTarget {
  readonly oid: string;
  /** Quoted and schema-qualified; for an index that of the index. */
  readonly name: string;
  /** Quoted. */
  readonly schema: string;
  /** In which a CREATE INDEX for it finds its names: the object's schema, then as the reader's sessions do. */
  readonly path: string;
  /** `relkind` of pg_class. */
  readonly kind: string;
  /** Bytes of the relation with its indexes and TOAST; of the index alone for an index. */
  readonly bytes: number;
  /** Oid of the table: its own, or the one that the index belongs to. */
  readonly table: string;
  readonly inRecovery: boolean;
  /** Bytes of all databases of the server; null when the role may not see them. */
  readonly clusterBytes: number | null;
  /** Longest open transaction that a CONCURRENTLY build has to wait for, ms. */
  readonly oldestTransactionMs: number | null;
}

export interface MaintenanceStep {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

export interface MaintenanceWork {
  readonly op: MaintenanceOp;
  readonly sql: string;
}

export interface Maintenance {
  /** By name as SQL writes it; undefined when there is none. */
  maintenanceTarget(name: string, signal: AbortSignal): Promise<MaintenanceTarget | undefined>;
  /**
   * Runs one statement of `maintenanceSql` over the admin connection.
   *
   * @returns bytes of the target afterwards
   * @throws ToolError, after removing an index it left invalid
   */
  maintain(
    target: MaintenanceTarget,
    work: MaintenanceWork,
    onStep: (step: MaintenanceStep) => void,
    signal: AbortSignal,
  ): Promise<number>;
}
