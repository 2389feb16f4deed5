import type { Plan } from '../define/plan.ts';
import type { Confirmations } from './confirmations.ts';
import { type Answer, formKey, formMessage, formSchema, readAnswer, wanted } from './form.ts';
import { refuse } from './refusals.ts';
import { fingerprint, type Ticket } from './seal.ts';
import type { ConfirmContext, Decision, GatedTool } from './types.ts';

type Ask = Extract<Decision, { kind: 'ask' }>;
interface Answered {
  readonly ticket: Ticket;
  readonly answer: Exclude<Answer, 'decline' | 'cancel'>;
}

const askedAgain = 3;

/** Form elicitation in both protocol eras: asks, then reads what came back with the request state. */
export function formWay(environment: string | undefined, confirmations: Confirmations) {
  async function ask(
    tool: GatedTool,
    plan: Plan,
    context: ConfirmContext,
    ticket: Ticket,
    reason?: NonNullable<Ask['reason']>,
  ): Promise<Ask> {
    return {
      kind: 'ask',
      planId: ticket.nonce,
      message: formMessage(tool, plan, environment, reason),
      schema: formSchema(wanted(tool, plan, environment)),
      requestState: await confirmations.seal('form', ticket, tool, context),
      key: formKey,
      ...(reason && { reason }),
    };
  }

  /** Wrong names use up their round; the third repetition ends the conversation. */
  async function askAgain(tool: GatedTool, plan: Plan, context: ConfirmContext, ticket: Ticket): Promise<Ask> {
    await confirmations.burn(ticket, ticket.round);
    if (ticket.round >= askedAgain) {
      await confirmations.burn(ticket);
      throw refuse('mistyped');
    }
    return ask(tool, plan, context, { ...ticket, round: ticket.round + 1 }, 'retry');
  }

  /** @throws confirm_declined, confirm_cancelled, and what `open` throws */
  async function read(state: string, tool: GatedTool, context: ConfirmContext): Promise<Answered> {
    const ticket = await confirmations.open('form', state, tool, context);
    const answer = readAnswer(context.inputResponses);
    if (answer !== 'decline' && answer !== 'cancel') return { ticket, answer };
    await confirmations.burn(ticket);
    throw refuse(answer === 'decline' ? 'declined' : 'cancelled');
  }

  return {
    read,
    async decide(tool: GatedTool, plan: Plan, context: ConfirmContext): Promise<Decision> {
      if (context.requestState === undefined) return ask(tool, plan, context, await confirmations.issue(plan));
      const { ticket, answer } = await read(context.requestState, tool, context);
      if (ticket.fingerprint !== fingerprint(plan)) {
        await confirmations.burn(ticket);
        return ask(tool, plan, context, await confirmations.issue(plan), 'stale');
      }
      if (answer === 'missing') return ask(tool, plan, context, ticket, 'missing');
      const type = wanted(tool, plan, environment);
      if (type !== undefined && answer.typed !== type) return askAgain(tool, plan, context, ticket);
      await confirmations.burn(ticket);
      return { kind: 'apply', how: 'form', planId: ticket.nonce, approvers: [] };
    },
  };
}
