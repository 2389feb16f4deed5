import type { ErrorCode } from '../errors/catalogue.ts';
import type { Answer } from '../call/request.ts';

/** What the exit status of a command says. */
export const exitCodes = {
  ok: 0,
  toolError: 1,
  usage: 2,
  refused: 3,
  planWaits: 4,
  unreachable: 5,
  outcomeUnknown: 6,
  warning: 10,
  critical: 11,
  interrupted: 130,
} as const;

export type FailOn = 'warning' | 'critical';

const byCode: Partial<Record<ErrorCode, number>> = {
  unknown_tool: exitCodes.usage,
  invalid_input: exitCodes.usage,
  invalid_cursor: exitCodes.usage,
  not_configured: exitCodes.usage,
  not_allowed: exitCodes.refused,
  tool_denied: exitCodes.refused,
  out_of_scope: exitCodes.refused,
  too_many_targets: exitCodes.refused,
  confirm_invalid: exitCodes.refused,
  confirm_expired: exitCodes.refused,
  confirm_used: exitCodes.refused,
  confirm_declined: exitCodes.refused,
  confirm_cancelled: exitCodes.refused,
  approval_required: exitCodes.refused,
  approval_invalid: exitCodes.refused,
  stale_plan: exitCodes.planWaits,
  backend_unreachable: exitCodes.unreachable,
  cancelled: exitCodes.interrupted,
  shutting_down: exitCodes.interrupted,
};

/** The exit status for an error of the catalogue. */
export function exitCodeOf(code: ErrorCode): number {
  return byCode[code] ?? exitCodes.toolError;
}

/**
 * The exit status of a call. That a change may have happened outweighs everything else.
 *
 * @param failOn a verdict that could not be reached counts as a warning: "not examined" is never "ok"
 */
export function exitCodeOfAnswer(answer: Answer, failOn: FailOn | undefined): number {
  if (answer.error?.applied === 'unknown') return exitCodes.outcomeUnknown;
  if (answer.error !== undefined) return exitCodeOf(answer.error.code);
  if (answer.confirm !== undefined) return exitCodes.planWaits;
  if (failOn === undefined) return exitCodes.ok;
  if (answer.verdict === 'critical') return exitCodes.critical;
  const doubtful = answer.verdict === 'warning' || answer.verdict === 'unknown';
  return failOn === 'warning' && doubtful ? exitCodes.warning : exitCodes.ok;
}
