import type { Plan } from '../define/plan.ts';
import type { ToolError } from '../errors/tool-error.ts';
import { fingerprint, newNonce, seal, type Ticket, unseal } from './seal.ts';
import { refuse } from './refusals.ts';
import type { SingleUse } from './single-use.ts';
import type { ConfirmContext, GatedTool, GateOptions } from './types.ts';

/** How long a plan can be confirmed, s. */
const lifetimeSeconds = 600;
const skewSeconds = 60;

/** Issues and opens codes and form states: everything that is true of both. */
export interface Confirmations {
  issue(plan: Plan): Promise<Ticket>;
  seal(kind: 'plan' | 'form', ticket: Ticket, tool: GatedTool, context: ConfirmContext): Promise<string>;
  /** @throws confirm_invalid, confirm_expired, confirm_used */
  open(kind: 'plan' | 'form', text: string, tool: GatedTool, context: ConfirmContext): Promise<Ticket>;
  /** @throws confirm_used when somebody else was first */
  burn(ticket: Ticket, round?: number): Promise<void>;
}

export function createConfirmations(
  { server, clock }: Pick<GateOptions, 'server' | 'clock'>,
  key: () => Promise<Buffer>,
  singleUse: SingleUse,
): Confirmations {
  const now = (): number => clock.now() / 1000;
  const binding = (tool: GatedTool, { args, principal }: ConfirmContext) => ({
    server,
    tool: tool.name,
    args,
    principal: principal.id,
  });
  return {
    async issue(plan) {
      const expiry = Math.floor(now()) + lifetimeSeconds;
      const ticket = { nonce: newNonce(), expiry, fingerprint: fingerprint(plan), round: 0 };
      await singleUse.issued(ticket);
      return ticket;
    },
    seal: async (kind, ticket, tool, context) => seal(kind, ticket, binding(tool, context), await key()),
    async open(kind, text, tool, context) {
      const ticket = unseal(kind, text, binding(tool, context), await key());
      if (!ticket) throw refuse('forged');
      const late = expiryRefusal(ticket, now());
      if (late) throw late;
      const spent = (await singleUse.used(ticket)) || (kind === 'form' && (await singleUse.used(ticket, ticket.round)));
      if (spent) throw refuse('used');
      return ticket;
    },
    async burn(ticket, round) {
      if (!(await singleUse.burn(ticket, round))) throw refuse('used');
    },
  };
}

/** Too late; or so early that the clock must have been set back since it was issued. @param now s */
export function expiryRefusal(ticket: Ticket, now: number): ToolError | undefined {
  const current = now < ticket.expiry && ticket.expiry <= now + lifetimeSeconds + skewSeconds;
  return current ? undefined : refuse('expired');
}
