import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const tries = 3;
const tryMs = 10_000;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

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
 * Posts one message: three tries of 10 s, no redirects, `Retry-After` obeyed up to 30 s.
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
    const wait = Math.min(answer.retryAfterMs ?? pauseMs * 2 ** attempt, longestPauseMs);
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
      redirect: 'error',
      headers: { 'content-type': 'application/json', ...signature(body, key, now()) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(tryMs)]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: 'delivered' };
    const why = `status ${response.status}`;
    if (response.status !== 429 && response.status < 500) return { kind: 'refused', why };
    return { kind: 'again', why, retryAfterMs: retryAfterOf(response.headers.get('retry-after')) };
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

/** Seconds; the form with a date is left to the pause. */
function retryAfterOf(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
