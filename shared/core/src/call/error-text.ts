import { markEnd, markStart } from '../firewall/types.ts';
import { duration } from '../results/format.ts';
import { isToolError, ToolError } from '../errors/tool-error.ts';
import type { ErrorMeta, Outcome } from './request.ts';

const backendTextLength = 300;

/**
 * An error as the model reads it: code and what failed, then what to do, then what the backend said, then when to retry.
 *
 * @param changing a change says in its first line whether it was applied
 * @returns text with outside marks; the pipeline closes, redacts and neutralises it
 */
export function errorText(error: ToolError, changing: boolean): string {
  const applied = changing ? ` (applied: ${error.applied})` : '';
  const lines = [`${error.code}${applied}: ${error.message}`];
  if (error.hint !== undefined) lines.push(error.hint);
  if (error.backendText !== undefined) {
    const said = error.backendText
      .replaceAll(markStart, '')
      .replaceAll(markEnd, '')
      .replaceAll(/\s+/g, ' ')
      .slice(0, backendTextLength);
    lines.push(`The backend says: ${markStart}${said}${markEnd}`);
  }
  if (error.retryAfterMs !== undefined) lines.push(`Retry after ${duration(error.retryAfterMs)}.`);
  else if (error.retryable) lines.push('The same call may succeed later.');
  return lines.join('\n');
}

/** `_meta["cinecom/error"]`: for programs. */
export function errorMeta(error: ToolError): ErrorMeta {
  return {
    code: error.code,
    retryable: error.retryable,
    applied: error.applied,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}

/**
 * Anything thrown, as a ToolError. What is none becomes `internal` with an id under which stderr has the stack.
 *
 * @param id of the call
 */
export function asToolError(error: unknown, id: string): ToolError {
  if (isToolError(error)) return error;
  return new ToolError('internal', `a fault of this server, number ${id}`, {
    hint: 'Its stderr log has the details under this number.',
    cause: error,
  });
}

const refusals: ReadonlySet<string> = new Set([
  'not_allowed',
  'tool_denied',
  'out_of_scope',
  'too_many_targets',
  'confirm_invalid',
  'confirm_expired',
  'confirm_used',
  'confirm_declined',
  'confirm_cancelled',
  'approval_required',
  'approval_invalid',
  'stale_plan',
  'rate_limited',
  'audit_unavailable',
]);

/** How a failed call is recorded: refused, failed, or of unknown effect. */
export function outcomeOf(error: ToolError): Outcome {
  if (error.applied === 'unknown') return 'unknown';
  return refusals.has(error.code) ? 'denied' : 'failure';
}
