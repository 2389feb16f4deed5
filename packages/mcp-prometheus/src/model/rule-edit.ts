/** A rule that must run, or be gone, for an edit to have worked. */
export interface ExpectedRule {
  readonly name: string;
  /** Undefined: whichever. */
  readonly group?: string | undefined;
  /** Undefined: a rule of this name and this old expression must be gone. */
  readonly expr: string | undefined;
}

export interface RuleFileChange {
  /** Real path, in the allowed folders and matched by `rule_files`. */
  readonly path: string;
  /** SHA-256 that the file must have. */
  readonly expectedHash: string;
  readonly text: string;
  readonly expected: ExpectedRule | undefined;
}

export interface RuleFileOutcome {
  /** SHA-256 of what stands there now. */
  readonly hash: string;
  /** How it was reloaded. */
  readonly reloadedBy: 'lifecycle' | 'command';
  readonly checkedByPromtool: boolean;
  /** Whether the rule was evaluated, without error, before the answer. */
  readonly evaluated: boolean;
}

/** Changing rule files. Nothing is left between: the old rules are loaded from the old file, or the new from the new. */
export interface RuleEdits {
  /**
   * Checks, replaces, reloads and looks whether it worked; else puts the old file back and loads that.
   * @throws ToolError `stale_plan` for another hash, `busy` while another edit is under way, `backend_forbidden`, `invalid_input` where promtool refuses,
   *   `backend_error` where Prometheus did not take it; `applied` says what is true now
   */
  changeRuleFile(change: RuleFileChange, signal: AbortSignal): Promise<RuleFileOutcome>;
  /** Loads the files as they are. @throws ToolError `backend_forbidden`, `backend_error` */
  reload(signal: AbortSignal): Promise<'lifecycle' | 'command'>;
}
