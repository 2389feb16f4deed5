import type { Call } from '../define/call.ts';
import type { Json } from '../define/plan.ts';
import type { OperationControl } from './state.ts';

/** What a call returns of work that may outlive it; no `result` = it goes on, under the handle `operation`. */
export interface LongWork {
  readonly operation: string;
  readonly result: Json | undefined;
}

export interface LongWorkOptions {
  /** A call answers after so long, with the result or without; 40 s by default, at the end for who waits for it. */
  readonly answerAfterMs?: number;
  /** How long the handle can be read; a day by default. */
  readonly lifetimeMs?: number;
}

const dayMs = 86_400_000;

/**
 * Starts work as an operation and waits for it as long as a call may last. A client that gives up meanwhile cancels it.
 *
 * @param kind what people call it: `backup`, `maintenance`
 * @throws what the work throws while the call waits
 */
export async function longWork(
  {
    state,
    signal,
    progress,
    waitsForEnd,
  }: Pick<Call<unknown, unknown>, 'state' | 'signal' | 'progress' | 'waitsForEnd'>,
  kind: string,
  work: (operation: OperationControl) => Promise<Json>,
  { answerAfterMs = waitsForEnd ? Number.POSITIVE_INFINITY : 40_000, lifetimeMs = dayMs }: LongWorkOptions = {},
): Promise<LongWork> {
  let waits = true;
  let timer: NodeJS.Timeout | undefined;
  let tell: (ending: Promise<Json> | undefined) => void = () => undefined;
  const ending = new Promise<Json | undefined>((resolve) => {
    tell = resolve;
  });
  const { id } = await state.operations.start(kind, lifetimeMs, (operation) => {
    const running = work({
      ...operation,
      progress(done, total, text) {
        operation.progress(done, total, text);
        if (waits) progress(done, total, text);
      },
    });
    tell(running);
    return running;
  });
  const cancel = (): void => void state.operations.cancel(id).catch(() => undefined);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const late = new Promise<undefined>((resolve) => {
    if (Number.isFinite(answerAfterMs)) timer = setTimeout(() => resolve(undefined), answerAfterMs);
  });
  try {
    return { operation: id, result: await Promise.race([ending, late]) };
  } finally {
    waits = false;
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}
