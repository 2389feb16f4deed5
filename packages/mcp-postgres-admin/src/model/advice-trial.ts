/** Advice that is to be tried on a restored copy. */
export interface AdviceToTry {
  /** CREATE INDEX texts. */
  readonly indexes: readonly string[];
  /** With the planner's cost before and after, as advised. */
  readonly statements: readonly {
    readonly id: string;
    readonly sql: string;
    readonly before: number;
    readonly after: number;
  }[];
}

/** What came of it. */
export interface AdviceTrial {
  readonly built: readonly { readonly ddl: string; readonly bytes: number }[];
  /** Least of three executions each; `predicted` = cost after ÷ cost before. */
  readonly timed: readonly {
    readonly id: string;
    readonly beforeMs: number;
    readonly afterMs: number;
    readonly predicted: number;
  }[];
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
}
