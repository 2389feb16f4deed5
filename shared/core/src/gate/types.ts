import type { Json, Plan } from '../define/plan.ts';
import type { Risk } from '../define/tool.ts';

/** Who calls: token name, OAuth `sub`, or `os:<uid>`. Never taken from what the client says of itself. */
export interface Principal {
  readonly id: string;
  /** A token may cap the ceiling below the process's own. */
  readonly ceiling: Risk;
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
  /** Show the plan with this code; the call ends, outcome `planned`. */
  | {
      readonly kind: 'show';
      readonly code: string;
      readonly expiresAt: number;
      readonly needsApprovals: number;
      readonly reason?: 'stale';
    }
  /** Ask through `input_required`; the call ends for now, outcome `planned`. */
  | {
      readonly kind: 'ask';
      readonly message: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly requestState: string;
      readonly key: string;
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
  /** Shape, MAC and expiry of a code or request state before the plan is made again. @throws confirm_invalid, confirm_expired, confirm_used */
  precheck(tool: GatedTool, context: ConfirmContext): void;
  /** The decision on a plan. Burns the nonce before it answers `apply`. */
  decide(tool: GatedTool, plan: Plan, context: ConfirmContext): Promise<Decision>;
}
