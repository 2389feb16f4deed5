import { setTimeout as delay } from 'node:timers/promises';
import { type Call, type Json, type OperationControl, type OperationView, ToolError } from '@cinecom/mcp-core';
import type { PostgresBackend } from '../backend/port.ts';
import type { PostgresSettings } from '../settings.ts';

type LongCall = Pick<Call<PostgresBackend, PostgresSettings>, 'state' | 'signal' | 'progress'>;

const answerAfterMs = 40_000;
const lookEveryMs = 100;
const lifetimeMs = 24 * 3_600_000;

/** What a call returns of work that may outlive it. */
export type LongWork = { readonly operation: string; readonly result: Json | undefined };

/**
 * Starts work that outlives the call when it has to: its result if it comes within 40 s, else only the handle. A client that
 * gives up cancels it.
 *
 * @throws ToolError what the work threw, as text
 */
export async function longWork(
  { state, signal, progress }: LongCall,
  kind: string,
  work: (operation: OperationControl) => Promise<Json>,
): Promise<LongWork> {
  let failure: unknown;
  const { id } = await state.operations.start(kind, lifetimeMs, async (operation) => {
    try {
      return await work(operation);
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  const began = performance.now();
  for (;;) {
    const view = await state.operations.read(id);
    if (view.status === 'succeeded') return { operation: id, result: view.result };
    if (view.status !== 'running') throw failure ?? ended(view);
    if (view.progress) progress(view.progress.done, view.progress.total, view.progress.text);
    if (performance.now() - began >= answerAfterMs) return { operation: id, result: undefined };
    await delay(lookEveryMs, undefined, { signal }).catch(async () => {
      await state.operations.cancel(id);
      signal.throwIfAborted();
    });
  }
}

function ended({ status, error }: OperationView): ToolError {
  return new ToolError('operation_unknown', error ?? `the operation was ${status}`, { hint: 'Start it again.' });
}
