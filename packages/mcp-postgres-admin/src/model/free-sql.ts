import type { RawPlanNode } from '../analysis/explain/plan-node.ts';

/** Values that bind to `$1`…; larger numbers come as text. */
export type Parameter = string | number | boolean | null;

export interface SqlRequest {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly maxRows: number;
  /** UTF-8 bytes of all values together. */
  readonly maxBytes: number;
}

/** What a reading statement returned, within its caps. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  /** Values that were cut, with their full length in characters. */
  readonly cut: readonly { readonly row: number; readonly column: number; readonly length: number }[];
  /** The cap that left rows out. */
  readonly more: 'rows' | 'bytes' | undefined;
  readonly elapsedMs: number;
  readonly warnings: readonly string[];
}

export interface ExplainRequest {
  /** One reading statement, without EXPLAIN before it. */
  readonly sql: string;
  /** Too few for the statement = the generic plan, which fits any values. */
  readonly parameters: readonly Parameter[];
  /** Runs the statement. */
  readonly analyze: boolean;
  /** CREATE INDEX texts to imagine. */
  readonly hypotheticalIndexes: readonly string[];
}

export interface ExplainAnswer {
  readonly plan: RawPlanNode;
  /** The plan without the hypothetical indexes, when there are some. */
  readonly without: RawPlanNode | undefined;
  /** Made without values. */
  readonly generic: boolean;
  readonly planningMs: number | undefined;
  readonly executionMs: number | undefined;
  /** Estimated rows of the tables in the plan, by `schema.table`. */
  readonly tableRows: ReadonlyMap<string, number>;
  readonly hypothetical: readonly { readonly name: string; readonly bytes: number }[];
  readonly warnings: readonly string[];
}

/** Free SQL that provably changes nothing. Every method rejects with a ToolError. */
export interface FreeSql {
  runSql(request: SqlRequest, signal: AbortSignal): Promise<SqlAnswer>;
  explainSql(request: ExplainRequest, signal: AbortSignal): Promise<ExplainAnswer>;
  /** Text of a statement as pg_stat_statements keeps it: constants replaced by `$n`. */
  normalisedText(queryId: string, signal: AbortSignal): Promise<string>;
}
