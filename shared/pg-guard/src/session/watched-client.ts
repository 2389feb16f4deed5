import type { ClientBase } from 'pg';
import { backendOf, cancelRunning } from './cancel-request.ts';
import type { GuardedLease } from './lease.ts';
import { limitReceivedBytes, TooMuchReceived } from './received-bytes.ts';

/**
 * Runs `work` on a leased connection under the limit of received bytes and the abort signal, and always gives the lease back:
 * broken when it was cancelled, cut off, or could not be cleaned.
 *
 * @param clean brings the session back to its first state
 * @throws TooMuchReceived, the signal's reason, or what `work` throws
 */
export async function runWatched<Result>(
  lease: GuardedLease,
  limits: { readonly receivedBytes: number; readonly signal: AbortSignal },
  work: () => Promise<Result>,
  clean: () => Promise<void>,
): Promise<Result> {
  const { client, release } = lease;
  const { signal } = limits;
  const ignore = (): void => {};
  // a connection that is cut off reports it twice: to the query, which is awaited, and here
  client.on('error', ignore);
  const received = limitReceivedBytes(client, limits.receivedBytes);
  const lost = connectionLoss(client);
  let stopCountdown = ignore;
  const abort = (): void => {
    stopCountdown = cancelRunning(client);
  };
  signal.addEventListener('abort', abort, { once: true });
  let broken = true;
  try {
    signal.throwIfAborted();
    const result = await Promise.race([work(), lost.promise]);
    signal.throwIfAborted();
    await clean();
    broken = false;
    return result;
  } catch (error) {
    if (received.exceeded()) throw new TooMuchReceived(limits.receivedBytes);
    signal.throwIfAborted();
    broken = await isBrokenAfter(clean, broken);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    stopCountdown();
    received.stop();
    lost.stop();
    release(broken || signal.aborted);
    client.off('error', ignore);
  }
}

/** Rejects when the connection closes: a portal that is being closed then would wait for ever. */
function connectionLoss(client: ClientBase): { readonly promise: Promise<never>; readonly stop: () => void } {
  const { stream } = backendOf(client).connection;
  let stop = (): void => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const closed = (): void => reject(new Error('the connection was closed'));
    stream.once('close', closed);
    stop = () => stream.off('close', closed);
  });
  // after the work has ended nobody waits for it
  promise.catch(() => {});
  return { promise, stop };
}

async function isBrokenAfter(clean: () => Promise<void>, otherwise: boolean): Promise<boolean> {
  try {
    await clean();
    return false;
  } catch {
    // the first error says more; a connection that cannot be cleaned is dropped
    return otherwise;
  }
}
