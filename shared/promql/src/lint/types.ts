import type { CheckedQuery } from '../check/check.ts';
import type { Expr } from '../syntax/ast.ts';
import type { WrittenRule } from '../rules/rule-file.ts';

export type LintSeverity = 'error' | 'warning' | 'info';

/** One thing that is wrong with a rule. Names of the file stand in `text` and `fix` only as short quoted pieces. */
export interface LintFinding {
  readonly id: string;
  readonly severity: LintSeverity;
  /** 1-based, in the file. */
  readonly line: number;
  /** Empty where the file or a group is meant. */
  readonly rule: string;
  readonly group: string;
  readonly text: string;
  readonly fix: string;
}

/** How long ago a series was last seen. */
export type Presence = 'now' | 'week' | 'never';

export interface SelectorFact {
  readonly presence: Presence;
  /** Which matcher keeps it empty although the metric is there. */
  readonly culprit?: {
    readonly label: string;
    readonly kind: 'label' | 'value';
    /** Values that are there, nearest first; or labels that the metric has. */
    readonly instead: readonly string[];
  };
}

/** What a server knows and a file does not. A part that is absent is not examined. */
export interface LintFacts {
  /** ms; the longest of the jobs that could be meant. */
  readonly scrapeIntervalMs?: number;
  readonly retentionMs?: number;
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** By metric name. */
  readonly metrics?: ReadonlyMap<string, { readonly presence: Presence; readonly type?: string }>;
  /** Names to suggest from. */
  readonly knownMetrics?: readonly string[];
  /** By `selectorKey`. */
  readonly selectors?: ReadonlyMap<string, SelectorFact>;
  /** Alerts that have fired without a break for as long as was looked. */
  readonly alwaysFiring?: ReadonlySet<string>;
  /** Recording rules whose last evaluation failed. */
  readonly failingRecords?: ReadonlySet<string>;
}

/** A rule with its expression read, as the single checks get it. */
export interface RuleUnderLint {
  readonly rule: WrittenRule;
  readonly query: CheckedQuery;
  readonly expr: Expr;
  readonly facts: LintFacts;
}

/** What a check says; line and rule are added to it. */
export interface LintDraft {
  readonly id: string;
  readonly severity: LintSeverity;
  readonly text: string;
  readonly fix: string;
  /** Offset in the expression. */
  readonly at?: number;
  /** Key in `lines` of the rule. */
  readonly under?: string;
}

export type Check = (subject: RuleUnderLint) => readonly LintDraft[];
