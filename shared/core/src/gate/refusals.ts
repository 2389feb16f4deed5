import type { ErrorCode } from '../errors/catalogue.ts';
import { ToolError } from '../errors/tool-error.ts';

const again = 'Call the tool again without confirm to get a fresh plan.';

const refusals = {
  forged: [
    'confirm_invalid',
    'the confirmation is damaged, or was issued for another tool, arguments or caller',
    again,
  ],
  notAsked: [
    'confirm_invalid',
    'this server accepts no such confirmation for this call',
    `${again} An operator chooses the way with --confirm.`,
  ],
  expired: ['confirm_expired', 'the confirmation came too late, or the clock was set back: it holds 10 minutes', again],
  used: ['confirm_used', 'this confirmation was used already; each works once', again],
  forgotten: [
    'confirm_expired',
    'the Redis that knows which confirmations were used has forgotten this one, or started again since, so it holds no longer',
    again,
  ],
  declined: ['confirm_declined', 'the person declined; nothing was done', 'Ask the person what should happen instead.'],
  mistyped: [
    'confirm_declined',
    'what had to be typed was wrong four times; nothing was done',
    'Ask the person whether this is the right target, then call again.',
  ],
  cancelled: [
    'confirm_cancelled',
    'the form was closed without an answer; nothing was done',
    'Call again to ask again. If this client closes forms by itself, an operator sets --confirm code (MCP_CONFIRM=code).',
  ],
  noForms: [
    'not_configured',
    'changes are confirmed by form only (--confirm form), and this client shows no forms',
    'Use a client with form elicitation, or an operator sets --confirm auto (MCP_CONFIRM=auto).',
  ],
} as const satisfies Record<string, readonly [ErrorCode, string, string]>;

/** A refusal of the gate: nothing was changed, and the hint names the next step or the setting. */
export function refuse(why: keyof typeof refusals): ToolError {
  const [code, message, hint] = refusals[why];
  return new ToolError(code, message, { hint });
}
