import type { Configuration } from './configuration.ts';

/** A rule file of the operator's, inside the allowed folders. */
export interface RuleFile {
  /** Real path. */
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
  /** This account may write it, and its mode lets anybody write at all. */
  readonly writable: boolean;
  /** Matched by `rule_files` of the configuration. */
  readonly matched: boolean;
}

/** prometheus.yml as the operator named it. */
export interface ConfigFile {
  readonly path: string;
  readonly configuration: Configuration;
  /** UTC ms. */
  readonly modifiedAt: number;
}

/** Whether the file and the running server are the same Prometheus. */
export interface Identity {
  readonly state: 'same' | 'different' | 'unknown';
  /** Top-level keys that differ, or why it is unknown. */
  readonly differs: readonly string[];
}

/** The files beside the server; reading never leaves the allowed folders. */
export interface Files {
  /** Undefined without `--config`. */
  config(signal: AbortSignal): Promise<ConfigFile | undefined>;
  identity(signal: AbortSignal): Promise<Identity>;
  /** Of `--rules-dir`, else matched by `rule_files`. */
  ruleFiles(signal: AbortSignal): Promise<readonly RuleFile[]>;
  /** @throws ToolError `out_of_scope` outside the allowed folders, `backend_not_found` */
  ruleFile(path: string, signal: AbortSignal): Promise<RuleFile>;
}
