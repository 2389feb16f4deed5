import { randomUUID } from 'node:crypto';
import { isToolError, ToolError } from '../errors/tool-error.ts';
import type { OperationView } from './state.ts';

/** Why the signal of an operation was aborted: decides how it is told afterwards. */
export class OperationEnd extends Error {
  override readonly name = 'OperationEnd';
  readonly status: 'cancelled' | 'failed' | 'lost';

  constructor(status: OperationEnd['status'], message: string) {
    super(message);
    this.status = status;
  }
}

export function freshView(kind: string, startedAt: number, lifetimeMs: number): OperationView {
  return {
    id: randomUUID(),
    kind,
    status: 'running',
    startedAt,
    expiresAt: startedAt + lifetimeMs,
    progress: undefined,
    result: undefined,
    error: undefined,
  };
}

/** How failed work reads: a raw driver message never gets into it. */
export function failedView(view: OperationView, error: unknown, signal: AbortSignal): OperationView {
  if (signal.reason instanceof OperationEnd) {
    return { ...view, status: signal.reason.status, error: signal.reason.message };
  }
  if (isToolError(error)) return { ...view, status: 'failed', error: `${error.code}: ${error.message}` };
  return { ...view, status: 'failed', error: 'internal: a fault of this server, told on its stderr' };
}

/** How an operation reads whose process has gone. */
export function lostView(view: OperationView): OperationView {
  return { ...view, status: 'lost', error: 'the server stopped before the work ended; its outcome is unknown' };
}

export function unknownOperation(id: string): ToolError {
  // What is no handle is not repeated: it may be anything.
  const shown = /^[0-9a-f-]{36}$/.test(id) ? ` ${id}` : '';
  return new ToolError(
    'operation_unknown',
    `no operation${shown} is known here: it never was, or its lifetime has passed`,
    {
      hint: 'Call the tool that starts such work again; it returns a new operation id.',
    },
  );
}
