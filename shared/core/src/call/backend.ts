import { isToolError, ToolError } from '../errors/tool-error.ts';
import type { Clock } from '../define/call.ts';
import type { Closable } from '../define/server.ts';

const connectTimeoutMs = 10_000;
const firstBackoffMs = 1000;
const longestBackoffMs = 30_000;

export interface BackendConnector {
  /** The backend, connected on first use. @throws ToolError of the connect, at once while backing off */
  acquire(signal: AbortSignal): Promise<Closable>;
  close(): Promise<void>;
}

/**
 * Connects on first use: single-flight, within 10 s, after failures no more often than every 1–30 s (doubling).
 *
 * @param connect gets a signal that aborts after 10 s or at shutdown
 */
export function createBackendConnector(options: {
  readonly clock: Clock;
  readonly shutdown: AbortSignal;
  readonly connect: (signal: AbortSignal) => Promise<Closable>;
  /** Told once, of the backend that stays. */
  readonly connected?: (backend: Closable) => void;
}): BackendConnector {
  let connected: Closable | undefined;
  let connecting: Promise<Closable> | undefined;
  let failure: { error: unknown; until: number; backoffMs: number } | undefined;

  const open = async (): Promise<Closable> => {
    try {
      connected = await withinTime(options.connect, options.shutdown);
      failure = undefined;
      options.connected?.(connected);
      return connected;
    } catch (error) {
      const backoffMs = Math.min((failure?.backoffMs ?? firstBackoffMs / 2) * 2, longestBackoffMs);
      failure = { error, until: options.clock.now() + backoffMs, backoffMs };
      throw error;
    } finally {
      connecting = undefined;
    }
  };

  return {
    async acquire(signal) {
      if (connected) return connected;
      const waitMs = failure === undefined ? 0 : failure.until - options.clock.now();
      if (connecting === undefined && failure !== undefined && waitMs > 0) throw backedOff(failure.error, waitMs);
      connecting ??= open();
      return unlessAborted(connecting, signal);
    },
    async close() {
      const open = connected;
      connected = undefined;
      await open?.close();
    },
  };
}

async function withinTime(
  connect: (signal: AbortSignal) => Promise<Closable>,
  shutdown: AbortSignal,
): Promise<Closable> {
  const controller = new AbortController();
  const stop = () => controller.abort(shutdown.reason);
  const timer = setTimeout(
    () => controller.abort(new ToolError('backend_unreachable', 'the backend did not answer within 10 s')),
    connectTimeoutMs,
  );
  shutdown.addEventListener('abort', stop, { once: true });
  try {
    const opening = connect(controller.signal);
    // A connection that comes after all must not be left open.
    const late = opening.then((backend) => (controller.signal.aborted ? backend.close() : undefined));
    late.catch(() => undefined);
    return await unlessAborted(opening, controller.signal);
  } finally {
    clearTimeout(timer);
    shutdown.removeEventListener('abort', stop);
  }
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** The last failure again, with the time until the next try. */
function backedOff(error: unknown, waitMs: number): unknown {
  if (!isToolError(error)) return error;
  return new ToolError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
    applied: error.applied,
    retryAfterMs: Math.ceil(waitMs),
    cause: error,
  });
}
