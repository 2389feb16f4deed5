import type { Finding, NotExamined } from '@cinecom/mcp-core';
import type { Configuration } from '../../model/configuration.ts';
import type { RuleGroup } from '../../model/rule.ts';
import type { ConfigFile, Identity, RuleFile } from '../../model/rule-files.ts';
import type { RuntimeInfo } from '../../model/server-state.ts';
import type { ScrapeTarget } from '../../model/target.ts';

/** What is known of the configuration; a part that could not be read is undefined. */
export interface ConfigReading {
  readonly file: ConfigFile | undefined;
  readonly identity: Identity | undefined;
  readonly running: Configuration | undefined;
  readonly runtime: RuntimeInfo | undefined;
  readonly flags: ReadonlyMap<string, string> | undefined;
  readonly targets: readonly ScrapeTarget[] | undefined;
  readonly groups: readonly RuleGroup[] | undefined;
  readonly ruleFiles: readonly Pick<RuleFile, 'path' | 'writable'>[] | undefined;
  /** Alertmanagers in use. */
  readonly alertmanagers: number;
}

export interface SectionResult {
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
}

export function cannot(what: string, why: string): SectionResult {
  return { findings: [], notExamined: [{ what, why }] };
}
