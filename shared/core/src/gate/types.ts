import type { Clock } from '../define/call.ts';
import type { Json, Plan } from '../define/plan.ts';
import type { Risk } from '../define/tool.ts';
import type { GateStore } from './store.ts';

/** Who calls: `token:<name>`, `oauth:<sub>`, `os:<uid>`, `job:<name>`. Never taken from what the client says of itself. */
export interface Principal {
  readonly id: string;
  /** A token may cap the ceiling below the process's own. */
  readonly ceiling: Risk;
  /** How that was proven: recorded, never used to decide. */
  readonly auth?: 'token' | 'oauth' | 'none';
}

/** What the gate needs of a tool. */
export interface GatedTool {
  readonly name: string;
  readonly risk: Risk;
  readonly confirms: boolean;
}

/** What of the request decides the way of confirmation. */
export interface ConfirmContext {
  readonly principal: Principal;
  /** The client declared form elicitation on this request or connection. */
  readonly canElicit: boolean;
  /** A job's own `confirm: never`; a second factor is needed all the same. */
  readonly confirmNever?: boolean;
  /** Arguments without `confirm` and `approval`. */
  readonly args: Json;
  /** Passed by the model or the command line. */
  readonly confirm: string | undefined;
  readonly approval: string | undefined;
  /** 2026 era and shim re-entry: what came back of `input_required`. */
  readonly requestState: string | undefined;
  readonly inputResponses: Readonly<Record<string, unknown>> | undefined;
}

/** What the gate decides about a freshly made plan. Refusals are thrown as ToolError. */
export type Decision =
  /** Go on and apply; the nonce is burnt already. `approvers` names who gave a second factor. */
  | {
      readonly kind: 'apply';
      readonly how: 'code' | 'form' | 'never' | 'unconfirmed';
      readonly planId: string;
      readonly approvers: readonly string[];
    }
  /** `planId` is safe to record: the nonce alone redeems nothing. Show the plan with this code; the call ends, outcome `planned`. */
  | {
      readonly kind: 'show';
      readonly planId: string;
      readonly code: string;
      readonly expiresAt: number;
      readonly needsApprovals: number;
      readonly reason?: 'stale';
    }
  /** Ask through `input_required`; the call ends for now, outcome `planned`. */
  | {
      readonly kind: 'ask';
      readonly planId: string;
      readonly message: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly requestState: string;
      /** Name of the request in `inputRequests`, and of its answer in `inputResponses`. */
      readonly key: string;
      /** `stale`: what the accepted form showed had changed; `retry`: the typed name was wrong; `missing`: no answer came. */
      readonly reason?: 'stale' | 'retry' | 'missing';
    };

export interface Gate {
  /** Ceiling and lists, before anything else. @throws not_allowed, tool_denied */
  admit(tool: GatedTool, principal: Principal): void;
  /** Whether a tool is listed at all under the process's ceiling and lists. */
  lists(tool: GatedTool): boolean;
  /** Why a tool is not listed, in words naming the setting; undefined when it is. */
  whyNot(tool: GatedTool): string | undefined;
  /** Scope lists and `--max-targets`. @throws out_of_scope, too_many_targets */
  scope(plan: Plan): void;
  /**
   * Shape, MAC, expiry and earlier use of a code or request state, before the plan is made again; and whether this
   * client can confirm at all. Await it: it reads the key and the state folder.
   *
   * @throws confirm_invalid, confirm_expired, confirm_used, confirm_declined, confirm_cancelled, not_configured, state_unavailable
   */
  precheck(tool: GatedTool, context: ConfirmContext): Promise<void>;
  /**
   * The decision on a fresh plan with at least one step; checks again all that `precheck` does. Burns the nonce before it answers `apply`.
   *
   * @throws as `precheck`, and approval_required, approval_invalid
   */
  decide(tool: GatedTool, plan: Plan, context: ConfirmContext): Promise<Decision>;
}

/** How changes are confirmed: `--confirm`. */
export type ConfirmMode = 'auto' | 'form' | 'code' | 'never';

/** One scope list: every target of `type` must match one of `globs`; an empty list matches nothing. A plan that changes names a target of at least one scoped type. */
export interface Scope {
  readonly type: string;
  readonly globs: readonly string[];
  /** Named in refusals: `--databases`. */
  readonly setting: string;
}

/** Where the gate's key comes from, first that is set: `MCP_ENCRYPTION_KEY`, `AUDIT_LOG_KEY`, else a random file in the state folder. */
export interface KeyMaterial {
  readonly encryptionKey: string | undefined;
  readonly auditKey: string | undefined;
}

/** The second factor of destructive changes. */
export interface SecondFactor {
  /** `MCP_APPROVAL_TOTP`: `name:BASE32[,name:BASE32]`; undefined = no second factor. */
  readonly approvers: string | undefined;
  /** `MCP_APPROVALS`: how many different approvers are needed. */
  readonly needed: number;
}

export interface GateOptions {
  /** Package name without scope, `mcp-postgres-admin`: bound into every code, and the command that hints name. */
  readonly server: string;
  readonly ceiling: Risk;
  /** `--tools`: globs with `*`; empty = all. */
  readonly tools: readonly string[];
  /** `--deny-tools`: wins over `tools`. */
  readonly denyTools: readonly string[];
  readonly scopes: readonly Scope[];
  readonly maxTargets: number;
  /** `--environment`: shown in forms, typed with the number of targets. */
  readonly environment: string | undefined;
  readonly mode: ConfirmMode;
  /** Created when it is first needed. */
  readonly stateDir: string;
  /** Where used codes and approvals are kept, when not in `stateDir`. */
  readonly store?: GateStore | undefined;
  readonly keys: KeyMaterial;
  readonly secondFactor: SecondFactor;
  readonly clock: Clock;
  /** Of the texts of a plan, before they are kept for its approvers: what outsiders wrote may hold a secret. */
  readonly redact?: <Shown>(shown: Shown) => Promise<Shown>;
}
