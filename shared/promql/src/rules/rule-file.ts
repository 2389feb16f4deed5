/** One rule as it is written in a rule file. */
export interface WrittenRule {
  readonly kind: 'alert' | 'record';
  readonly name: string;
  readonly group: string;
  readonly expr: string;
  /** 1-based, of the rule's first line. */
  readonly line: number;
  /** 1-based, of the first line of the expression itself. */
  readonly exprLine: number;
  /** Whether line breaks of the expression are line breaks of the file. */
  readonly exprKeepsLines: boolean;
  /** ms; 0 where there is none. */
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Lines of labels and annotations, by `labels.severity`. */
  readonly lines: Readonly<Record<string, number>>;
}

export interface WrittenGroup {
  readonly name: string;
  readonly line: number;
  /** Undefined: the evaluation interval of the server. */
  readonly intervalMs: number | undefined;
  readonly rules: readonly WrittenRule[];
}

/** What the file itself does wrong, before any expression is looked at. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface WrittenRuleFile {
  readonly groups: readonly WrittenGroup[];
  readonly problems: readonly FileProblem[];
}
