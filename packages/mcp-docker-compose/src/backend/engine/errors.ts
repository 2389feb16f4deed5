import { isToolError, ToolError } from '@cinecom/mcp-core';

/** The engine, or a proxy in front of it, said no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

export interface ErrorContext {
  readonly host: string;
  readonly signal: AbortSignal;
  readonly isLate: boolean;
  readonly timeoutMs: number;
}

/** What went wrong with a request, in the words of the catalogue. */
export function engineError(error: unknown, { host, signal, isLate, timeoutMs }: ErrorContext): unknown {
  if (isToolError(error)) return error;
  if (signal.aborted) return signal.reason;
  if (isLate) {
    return new ToolError('timeout', `the engine did not answer within ${timeoutMs / 1000} s`, {
      hint: 'Look at the load of its host, then ask again.',
      cause: error,
    });
  }
  if (error instanceof Refusal) return refused(error);
  return unreachable(host, (error as NodeJS.ErrnoException).code, error);
}

function unreachable(host: string, code: string | undefined, cause: unknown): ToolError {
  if (code === 'EACCES' || code === 'EPERM') {
    return new ToolError('backend_auth', `this account may not use the socket of the engine at ${host}`, {
      hint: 'Run the server as a member of the group docker, or through a socket proxy: set --docker-host.',
      cause,
    });
  }
  return new ToolError('backend_unreachable', `no Docker engine answers at ${host}`, {
    hint: 'Start the engine (systemctl start docker), or set --docker-host (DOCKER_HOST) to where it is.',
    cause,
    ...(code === undefined ? {} : { backendText: code }),
  });
}

function refused(refusal: Refusal): ToolError {
  const { status, message } = refusal;
  const details = { backendText: message.trim(), cause: refusal };
  // 405: of a proxy whose list has no rule for the method at all
  if (status === 403 || status === 405) {
    return new ToolError('backend_forbidden', 'the socket proxy in front of the engine refuses this request', {
      ...details,
      hint: 'check tells which requests are refused, and which tools that disables.',
    });
  }
  if (status === 401) return new ToolError('backend_auth', 'the engine refused the credentials', details);
  if (status === 404) return new ToolError('backend_not_found', 'the engine has no such object', details);
  if (status === 409) return new ToolError('backend_conflict', 'the engine is changing that object already', details);
  if (status === 429) return new ToolError('backend_rate_limited', 'the engine asks to slow down', details);
  return new ToolError('backend_error', `the engine answered with status ${status}`, details);
}
