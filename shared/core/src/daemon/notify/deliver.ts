import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const tries = 3;
const tryMs = 10_000;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

export interface Delivery {
  readonly url: string;
  readonly body: string;
  /** Signs the body; undefined where the receiver knows no signature. */
  readonly key: Buffer | undefined;
  /** UTC ms. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Between tries; shorter in tests. */
  readonly pauseMs?: number;
}

/**
 * Posts one message: three tries of 10 s, no redirects. `Retry-After` is obeyed; a receiver that wants more than a minute
 * counts as one that could not be told.
 *
 * A signed message carries `x-cinecom-timestamp` (seconds) and `x-cinecom-signature`: `sha256=` and the HMAC-SHA256, in hex, of
 * timestamp, a dot, and the body.
 *
 * @returns why it was not delivered, without the address; undefined when it was
 */
export async function deliver(delivery: Delivery): Promise<string | undefined> {
  const { signal, pauseMs = firstPauseMs } = delivery;
  let why = 'not tried';
  for (let attempt = 0; attempt < tries && !signal.aborted; attempt += 1) {
    const answer = await post(delivery);
    if (answer.kind === 'delivered') return undefined;
    why = answer.why;
    if (answer.kind === 'refused' || attempt === tries - 1) break;
    const wait = answer.retryAfterMs ?? pauseMs * 2 ** attempt;
    if (wait > longestPauseMs) return `${why}, which asks to wait ${Math.ceil(wait / 1000)} s`;
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
  return why;
}

type Answer =
  | { readonly kind: 'delivered' }
  /** Trying again would change nothing. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'again'; readonly why: string; readonly retryAfterMs: number | undefined };

async function post({ url, body, key, now, signal }: Delivery): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...signature(body, key, now()) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(tryMs)]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: 'delivered' };
    const why = `status ${response.status}`;
    if (response.status < 400) return { kind: 'refused', why: `${why}; redirects are not followed` };
    if (response.status !== 429 && response.status < 500) return { kind: 'refused', why };
    return { kind: 'again', why, retryAfterMs: retryAfterOf(response.headers.get('retry-after'), now()) };
  } catch (error) {
    // Its message may hold the address.
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'no answer within 10 s' : 'not reachable';
    return { kind: 'again', why, retryAfterMs: undefined };
  }
}

function signature(body: string, key: Buffer | undefined, now: number): Readonly<Record<string, string>> {
  if (key === undefined) return {};
  const timestamp = String(Math.floor(now / 1000));
  const mac = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-cinecom-timestamp': timestamp, 'x-cinecom-signature': `sha256=${mac}` };
}

/** @param header seconds, or a date */
function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
