import { createApprovals, type ApprovalOptions, type PendingPlan } from './approvals.ts';
import { expiryRefusal } from './confirmations.ts';
import { lazyKey } from './key.ts';
import { refuse } from './refusals.ts';
import { readTicket, type Ticket } from './seal.ts';
import type { SingleUse } from './single-use.ts';
import { folderStore } from './store.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { GateOptions } from './types.ts';

/** The same state folder and keys as the server that issued the code. */
export type ApproveOptions = ApprovalOptions & Pick<GateOptions, 'keys'> & { readonly code: string };

export interface GivenApproval {
  readonly planId: string;
  readonly tool: string;
  readonly approver: string;
  /** All who approved this plan so far, this one included. */
  readonly approvers: readonly string[];
  readonly needed: number;
}

/**
 * The plan that waits under a code, to be shown to the approver first. Its texts may come from outside: strip and
 * redact them before they are printed.
 *
 * @throws ToolError confirm_invalid, confirm_expired, confirm_used, not_configured, state_unavailable
 */
export async function pendingPlan(options: ApproveOptions): Promise<PendingPlan> {
  return (await open(options)).pending;
}

/**
 * Gives one person's second factor to a plan: `mcp-x approve CODE`. The approval is kept beside the server's state, bound
 * to the plan's nonce; the change itself still needs the code.
 *
 * @param otp six digits of RFC 6238, read from the terminal and never from argv
 * @throws ToolError as `pendingPlan`, and approval_invalid
 */
export async function approvePlan(options: ApproveOptions & { readonly otp: string }): Promise<GivenApproval> {
  const { ticket, pending, approvals } = await open(options);
  const approver = await approvals.give(ticket, options.otp);
  return {
    planId: ticket.nonce,
    tool: pending.tool,
    approver,
    approvers: await approvals.given(ticket),
    needed: approvals.needed(),
  };
}

async function open(options: ApproveOptions) {
  const store = options.store ?? folderStore(options);
  const approvals = createApprovals(options, lazyKey(options.keys, options.stateDir), store.approvals);
  if (approvals.needed() === 0) {
    throw new ToolError('not_configured', 'this server asks for no approvals', {
      hint: 'Set MCP_APPROVAL_TOTP to name:BASE32 for the server and for this command alike.',
    });
  }
  const ticket = readTicket('plan', options.code);
  if (!ticket) throw refuse('forged');
  const pending = await livePlan(options, store.singleUse, ticket, () => approvals.pending(ticket, options.code));
  return { approvals, ticket, pending };
}

async function livePlan(
  options: ApproveOptions,
  singleUse: SingleUse,
  ticket: Ticket,
  find: () => Promise<PendingPlan | undefined>,
): Promise<PendingPlan> {
  const now = options.clock.now() / 1000;
  const late = expiryRefusal(ticket, now);
  if (late) throw late;
  if (await singleUse.used(ticket)) throw refuse('used');
  const pending = await find();
  if (pending) return pending;
  throw new ToolError('confirm_invalid', 'no plan with this code waits in the state folder', {
    hint: 'Copy the code whole, and use the same CINECOM_STATE_DIR and keys as the server; with several replicas also its --transport http and MCP_STATE_REDIS_URL.',
  });
}
