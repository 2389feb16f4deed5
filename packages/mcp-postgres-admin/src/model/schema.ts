/** One table, view or sequence of tables, as a line. */
export interface SchemaTable {
  readonly oid: string;
  /** Quoted and schema-qualified, as all names here. */
  readonly table: string;
  /** `table`, `partitioned table`, `partition`, `view`, `materialized view`, `foreign table`. */
  readonly kind: string;
  /** Of the catalog; −1 = never counted. */
  readonly rows: number;
  readonly bytes: number;
  /** `id bigint PK, title text, …`, in order. */
  readonly columns: string;
  readonly comment: string | null;
}

export interface SchemaColumn {
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Default, identity or generation; null = none. */
  readonly value: string | null;
  readonly comment: string | null;
}

/** Something that belongs to a table: its name and what defines it. */
export interface SchemaPart {
  readonly name: string;
  readonly definition: string;
}

export interface SchemaDetail extends SchemaTable {
  readonly columnList: readonly SchemaColumn[];
  readonly constraints: readonly SchemaPart[];
  readonly indexes: readonly SchemaPart[];
  /** Foreign keys of other tables. */
  readonly referencedBy: readonly SchemaPart[];
  readonly triggers: readonly SchemaPart[];
  readonly policies: readonly SchemaPart[];
  /** Its partitions with their bounds; of a partition its own. */
  readonly partitions: readonly SchemaPart[];
  /** Of a view. */
  readonly query: string | null;
}

export interface SchemaReads {
  /** Tables and views of users; with `search` those that have it in their name, comment, or the name of a column. */
  schema(search: string | undefined, signal: AbortSignal): Promise<readonly SchemaTable[]>;
  /** By name as SQL writes it; undefined = there is none. */
  schemaDetail(object: string, signal: AbortSignal): Promise<SchemaDetail | undefined>;
}
