import type { Plan } from '../define/plan.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { Approvals } from './approvals.ts';
import type { Confirmations } from './confirmations.ts';
import { fingerprint, type Ticket } from './seal.ts';
import type { ConfirmContext, Decision, GatedTool, GateOptions } from './types.ts';

type Show = Extract<Decision, { kind: 'show' }>;

/** Plan and single-use code: shows a plan, then redeems its code, with the approvals a destructive change needs. */
export function codeWay(
  options: Pick<GateOptions, 'server' | 'environment' | 'redact'>,
  confirmations: Confirmations,
  approvals: Approvals,
) {
  const neededFor = (tool: GatedTool): number => (tool.risk === 'destructive' ? approvals.needed() : 0);

  async function show(tool: GatedTool, plan: Plan, context: ConfirmContext, stale: boolean): Promise<Show> {
    const ticket = await confirmations.issue(plan);
    const code = await confirmations.seal('plan', ticket, tool, context);
    const needsApprovals = neededFor(tool);
    const expiresAt = ticket.expiry * 1000;
    if (needsApprovals > 0) {
      const { observed: _unseen, ...shown } = plan;
      await approvals.announce(ticket, code, {
        tool: tool.name,
        environment: options.environment,
        plan: options.redact === undefined ? shown : await options.redact(shown),
        expiresAt,
      });
    }
    const shown: Show = { kind: 'show', planId: ticket.nonce, code, expiresAt, needsApprovals };
    return stale ? { ...shown, reason: 'stale' } : shown;
  }

  async function approversOf(tool: GatedTool, ticket: Ticket, code: string, passwords: string | undefined) {
    const needed = neededFor(tool);
    if (needed === 0) return [];
    for (const password of words(passwords)) await approvals.give(ticket, password);
    const given = await approvals.given(ticket);
    if (given.length >= needed) return given;
    const so = given.length > 0 ? `; so far ${given.join(', ')}` : '';
    throw new ToolError('approval_required', `this change needs ${needed} approval${needed > 1 ? 's' : ''}${so}`, {
      hint: `An approver runs: ${options.server} approve ${code}  Then call again with the same confirm. (MCP_APPROVAL_TOTP asks for this.)`,
    });
  }

  return {
    neededFor,
    async decide(tool: GatedTool, plan: Plan, context: ConfirmContext): Promise<Decision> {
      const code = context.confirm;
      if (code === undefined) return show(tool, plan, context, false);
      const ticket = await confirmations.open('plan', code, tool, context);
      if (ticket.fingerprint !== fingerprint(plan)) {
        // Also should everything change back: who was told that a code is stale decides on the new plan.
        await confirmations.burn(ticket);
        return show(tool, plan, context, true);
      }
      const approvers = await approversOf(tool, ticket, code, context.approval);
      await confirmations.burn(ticket);
      return { kind: 'apply', how: 'code', planId: ticket.nonce, approvers };
    },
  };
}

/** One password, or several apart by commas or spaces; more than approvers can exist are not looked at. */
function words(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .slice(0, 4);
}
