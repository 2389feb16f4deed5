export const lintRules = [
  'no_primary_key',
  'constraint_not_validated',
  'timestamp_without_zone',
  'foreign_key_types_differ',
  'foreign_keys_intersect',
  'btree_on_array',
  'index_on_boolean',
  'name_of_63_bytes',
] as const;
export type LintRule = (typeof lintRules)[number];

/** Something in the catalog that a rule speaks of. Names are quoted and schema-qualified. */
export interface LintHit {
  readonly rule: LintRule;
  readonly object: string;
  readonly why: string;
}

export interface SchemaLintReads {
  /** Of user tables; partitions count as their table. */
  lintCatalog(signal: AbortSignal): Promise<readonly LintHit[]>;
}
