import { isToolError, ToolError } from '../errors/tool-error.ts';

const graceMs = 2000;

/**
 * Runs a tool's own code under a signal. After an abort it has 2 s to end, then it is abandoned.
 *
 * @param abandoned told once when the work ignored its signal
 * @throws ToolError the signal's reason, once aborted; otherwise whatever the work throws
 */
export async function runHandler<Value>(
  work: () => Promise<Value>,
  signal: AbortSignal,
  abandoned: () => void,
): Promise<Value> {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const given = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      timer = setTimeout(() => {
        abandoned();
        reject(signal.reason as Error);
      }, graceMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), given]);
  } catch (error) {
    throw signal.aborted ? interrupted(signal.reason, error) : error;
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/** The abort's own error; what the work threw in consequence adds whether it was applied, and the cause for stderr. */
function interrupted(reason: unknown, error: unknown): unknown {
  if (!isToolError(reason) || error === reason) return reason;
  return new ToolError(reason.code, reason.message, {
    ...(reason.hint === undefined ? {} : { hint: reason.hint }),
    applied: isToolError(error) ? error.applied : 'no',
    cause: error,
  });
}
