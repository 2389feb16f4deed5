import { ToolError } from '../errors/tool-error.ts';

/** An audit log that could not be opened. */
export function auditUnavailable(cause: unknown): ToolError {
  return new ToolError('audit_unavailable', 'the audit log cannot be written, so changes are refused', {
    hint: 'Check that the audit folder is writable and the disk not full: the check command names it.',
    retryAfterMs: 1000,
    cause,
  });
}
