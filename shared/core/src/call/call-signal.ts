import { ToolError } from '../errors/tool-error.ts';

export interface CallSignal {
  readonly signal: AbortSignal;
  /** Takes its listeners off the longer-lived signals. */
  dispose(): void;
}

/**
 * One signal of client cancel, timeout and shutdown, aborted with the ToolError that the call shall end with.
 *
 * Not `AbortSignal.any`: on Node 20 every signal made from the process-long shutdown signal is kept by it for ever.
 */
export function createCallSignal(options: {
  readonly client: AbortSignal;
  readonly shutdown: AbortSignal;
  readonly timeoutMs: number;
}): CallSignal {
  const controller = new AbortController();
  const cancelled = () => controller.abort(new ToolError('cancelled', 'the client cancelled the call'));
  const stopping = () => controller.abort(options.shutdown.reason);
  const timer = setTimeout(
    () =>
      controller.abort(
        new ToolError('timeout', `the call did not finish within ${options.timeoutMs / 1000} s`, {
          hint: 'Ask for less in one call, or raise --timeout.',
        }),
      ),
    options.timeoutMs,
  );
  if (options.client.aborted) cancelled();
  else if (options.shutdown.aborted) stopping();
  options.client.addEventListener('abort', cancelled, { once: true });
  options.shutdown.addEventListener('abort', stopping, { once: true });
  return {
    signal: controller.signal,
    dispose() {
      clearTimeout(timer);
      options.client.removeEventListener('abort', cancelled);
      options.shutdown.removeEventListener('abort', stopping);
    },
  };
}
