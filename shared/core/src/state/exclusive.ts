import { ToolError } from '../errors/tool-error.ts';
import { acquireLock, beatMs } from './lock.ts';

/** Work that only one call at a time may do, of all processes that share a state folder. */
export type Exclusive = <Value>(work: () => Promise<Value>) => Promise<Value>;

/**
 * @param folder of the lock; created when it is first taken
 * @returns runs the work, or throws ToolError `backend_conflict` while another does
 */
export function createExclusive(folder: string, now: () => number): Exclusive {
  let isHeld = false; // the lock knows processes, not the calls of one

  return async (work) => {
    if (isHeld) throw taken('this server');
    isHeld = true;
    try {
      const acquired = await acquireLock(folder, now);
      if (acquired.kind === 'held') throw taken(`process ${acquired.pid} on ${acquired.host}`);
      const beat = setInterval(() => void acquired.lock.beat().catch(() => false), beatMs).unref();
      try {
        return await work();
      } finally {
        clearInterval(beat);
        await acquired.lock.release();
      }
    } finally {
      isHeld = false;
    }
  };
}

function taken(by: string): ToolError {
  return new ToolError('backend_conflict', `${by} is changing the same already`, {
    hint: 'Wait until it has ended, then ask again.',
  });
}
