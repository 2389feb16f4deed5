import type { Scope } from './scope.ts';

/** A condition as the API has it: `comparison` is a switch, a number or an object. */
export interface WorkflowCondition {
  readonly type: string;
  readonly comparison: unknown;
}

export interface WorkflowAction {
  /** `email`, `slack`, `pagerduty`, `discord`, `msteams`, `opsgenie`, … as told. */
  readonly type: string;
  /** False: somebody switched it off; nothing is sent. */
  readonly isEnabled: boolean;
  readonly integrationId: string | undefined;
  readonly targetType: string | undefined;
  readonly targetIdentifier: string | undefined;
  readonly targetDisplay: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface WorkflowFilter {
  readonly logicType: string;
  readonly conditions: readonly WorkflowCondition[];
  readonly actions: readonly WorkflowAction[];
}

/** An alert of today's servers: when it triggers, what must hold, what it does. */
export interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly environment: string | undefined;
  readonly frequencyMinutes: number | undefined;
  readonly detectorIds: readonly string[];
  /** How triggers are joined: `any-short`, `any`, `all`, `none`, as told. */
  readonly triggerLogic: string;
  readonly triggers: readonly WorkflowCondition[];
  readonly filters: readonly WorkflowFilter[];
  readonly lastTriggered: number | undefined;
}

/** A workflow to be written, before the server gives it an id. */
export type WorkflowDraft = Omit<Workflow, 'id' | 'lastTriggered'>;

/** An alert rule of older servers. */
export interface LegacyRule {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly kind: 'issue' | 'metric';
  readonly isEnabled: boolean;
  readonly environment: string | undefined;
  /** Names of what it does; empty: nothing. */
  readonly actions: readonly string[];
  readonly conditions: readonly string[];
  readonly lastTriggered: number | undefined;
}

/** Where actions can send. */
export interface Integration {
  readonly id: string;
  readonly name: string;
  /** `slack`, `pagerduty`, `discord`, … */
  readonly provider: string;
  readonly status: string | undefined;
}

/** What was read of a list that may be longer than is read of it. */
export interface WorkflowList {
  readonly workflows: readonly Workflow[];
  /** There are more. */
  readonly isCut: boolean;
}

export interface Alerts {
  /** @throws ToolError `backend_unsupported` where the server has none */
  workflows(scope: Scope, signal: AbortSignal): Promise<WorkflowList>;
  /** All of the organisation whose names begin with a prefix and a space, whatever the scope. @throws as `workflows` */
  workflowsOfPrefix(scope: Scope, prefix: string, signal: AbortSignal): Promise<WorkflowList>;
  /** Rules of an older server, project by project, and its metric rules. @throws ToolError `backend_unsupported` */
  legacyRules(scope: Scope, signal: AbortSignal): Promise<readonly LegacyRule[]>;
  integrations(scope: Scope, signal: AbortSignal): Promise<readonly Integration[]>;
  create(scope: Scope, draft: WorkflowDraft, signal: AbortSignal): Promise<Workflow>;
  update(scope: Scope, id: string, draft: WorkflowDraft, signal: AbortSignal): Promise<Workflow>;
  /** Text of the policy file of the settings. @throws ToolError `not_configured` where there is none or it cannot be read */
  policyFile(): Promise<string>;
}
