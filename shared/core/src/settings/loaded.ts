/** Where a value came from, in order of precedence. */
export type Source = 'flag' | 'env' | 'env-file' | 'file' | 'default' | 'unset';

/** A setting that is missing or wrong, with what repairs it. `serve` starts all the same; calls answer `not_configured`. */
export interface SettingProblem {
  readonly field: string;
  readonly kind: 'missing' | 'invalid' | 'unknown';
  /** What is wrong; never holds the value of a secret. */
  readonly text: string;
  /** Variable, flag and file key, and an example command. */
  readonly fix: string;
}

/** The outcome of loading: values that parsed, where each came from, and everything that did not work. */
export interface LoadedSettings<Values> {
  /** Complete only when `problems` is empty. */
  readonly values: Values;
  readonly sources: Readonly<Record<string, Source>>;
  readonly problems: readonly SettingProblem[];
  /** Not errors: `${VAR}` counted as unset, near misses of variable names, secrets given by flag. */
  readonly notices: readonly string[];
  /** Every resolved secret, and passwords cut from URLs: for the redactor. */
  readonly secrets: readonly string[];
  /** What is left of argv after flags: the subcommand and its words. */
  readonly positionals: readonly string[];
}
