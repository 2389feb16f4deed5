import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, type State } from '@cinecom/mcp-core';

const askAgainMs = 10_000;

/**
 * Does work that only one process of a state folder does at a time; where another does it already, waits for its turn.
 * Resolves when the work has ended or the signal aborts.
 */
export async function alone(
  state: Pick<State, 'exclusive'>,
  name: string,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await state.exclusive(name, work);
    } catch (error) {
      if (!isToolError(error) || error.code !== 'backend_conflict') throw error;
    }
    await delay(askAgainMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}
