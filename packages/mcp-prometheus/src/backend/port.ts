import type { Closable } from '@cinecom/mcp-core';
import type { Alertmanagers } from '../model/alertmanager.ts';
import type { Queries } from '../model/query.ts';
import type { ActiveAlert, RuleGroup } from '../model/rule.ts';
import type { RuleEdits } from '../model/rule-edit.ts';
import type { Files } from '../model/rule-files.ts';
import type { ServerState } from '../model/server-state.ts';
import type { ScrapeTarget } from '../model/target.ts';

/** All that tools know of Prometheus, its Alertmanagers and its files. Every method rejects with a ToolError. */
export interface PrometheusBackend extends Closable, Queries, ServerState {
  /** Active targets only: dropped ones can be twenty times as many. */
  targets(signal: AbortSignal): Promise<readonly ScrapeTarget[]>;
  /** Running rules; filters are applied here, whatever the version does with them. */
  rules(signal: AbortSignal): Promise<readonly RuleGroup[]>;
  /** Pending and firing alerts of the running rules. */
  alerts(signal: AbortSignal): Promise<readonly ActiveAlert[]>;
  /** Of the running configuration. */
  externalLabels(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  readonly alertmanagers: Alertmanagers;
  readonly files: Files;
  readonly ruleEdits: RuleEdits;
}
