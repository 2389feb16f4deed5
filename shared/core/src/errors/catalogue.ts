/**
 * Every error a client can see, once. A code's meaning never changes; adding one is a minor release.
 *
 * `retryable` says whether the same call may succeed later by itself; it is withheld unless nothing was applied.
 */
export const errorCatalogue = {
  unknown_tool: { retryable: false, meaning: 'no tool of this server has that name' },
  invalid_input: { retryable: false, meaning: 'an argument breaks a rule of the input schema or of the tool' },
  invalid_cursor: { retryable: false, meaning: 'the cursor is damaged or belongs to another call' },
  too_large: { retryable: false, meaning: 'the input or the result exceeds a hard limit' },
  not_configured: { retryable: false, meaning: 'a required setting is missing or wrong' },
  backend_unsupported: { retryable: false, meaning: 'this version or edition of the backend cannot do it' },
  not_allowed: { retryable: false, meaning: 'the risk of the tool is above the ceiling set by --allow' },
  tool_denied: { retryable: false, meaning: 'the tool is excluded by --tools or --deny-tools' },
  out_of_scope: { retryable: false, meaning: 'a target is outside a scope list of the settings' },
  too_many_targets: { retryable: false, meaning: 'the plan touches more targets than --max-targets' },
  confirm_invalid: { retryable: false, meaning: 'the confirmation code is damaged or was issued for another call' },
  confirm_expired: { retryable: false, meaning: 'the confirmation came too late' },
  confirm_used: { retryable: false, meaning: 'the confirmation code was already redeemed' },
  confirm_declined: { retryable: false, meaning: 'the person declined the change' },
  confirm_cancelled: { retryable: false, meaning: 'the form was closed without an answer' },
  approval_required: { retryable: false, meaning: 'a destructive change needs a second factor' },
  approval_invalid: { retryable: false, meaning: 'the one-time password is wrong, used or locked' },
  stale_plan: { retryable: false, meaning: 'what the plan rests on has changed since it was shown' },
  rate_limited: { retryable: true, meaning: 'calls of this tool come faster than its rate limit' },
  busy: { retryable: true, meaning: 'all call slots stayed taken' },
  timeout: { retryable: false, meaning: 'the call did not finish within its time limit' },
  cancelled: { retryable: false, meaning: 'the client cancelled the call' },
  shutting_down: { retryable: true, meaning: 'the server is stopping' },
  backend_unreachable: { retryable: true, meaning: 'the backend does not answer' },
  backend_auth: { retryable: false, meaning: 'the backend refused the credentials' },
  backend_forbidden: { retryable: false, meaning: 'the credentials lack a privilege' },
  backend_not_found: { retryable: false, meaning: 'the backend has no such object' },
  backend_conflict: { retryable: true, meaning: 'a lock or a concurrent change stood in the way' },
  backend_rate_limited: { retryable: true, meaning: 'the backend asks to slow down' },
  backend_error: { retryable: false, meaning: 'the backend reported an error' },
  audit_unavailable: { retryable: true, meaning: 'the audit log cannot be written, so changes are refused' },
  state_unavailable: {
    retryable: true,
    meaning: 'the state, a folder or Redis, cannot be written, so changes are refused',
  },
  operation_unknown: { retryable: false, meaning: 'no such operation, or it has expired' },
  internal: { retryable: false, meaning: 'a fault of this server' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorCatalogue;
