import type { IncomingHttpHeaders } from 'node:http';
import { isToolError } from '@cinecom/mcp-core';
import type { Reply } from './send.ts';

const mostTries = 3;
const longestWaitMs = 20_000;
const backoffMs = [500, 1500] as const;

/** Waits; in tests a clock that is told. Rejects when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** What is asked again: a read that was told to wait, that a server in trouble did not answer, or that was cut off. */
export interface Retrying {
  readonly wait: Wait;
  /** UTC ms. */
  readonly now: () => number;
}

/**
 * A read, tried again at most twice. A wait of more than 20 s is told to the caller instead.
 * @param ask one try; what it throws is no answer at all
 */
export async function withRetries(ask: () => Promise<Reply>, retrying: Retrying, signal: AbortSignal): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await ask().catch((error: unknown) => {
      if (tries < mostTries && isToolError(error) && error.code === 'backend_unreachable') return undefined;
      throw error;
    });
    if (reply !== undefined && (tries === mostTries || !isPassing(reply.status))) return reply;
    const asked = reply === undefined ? undefined : retryAfterMs(reply.headers, retrying.now());
    const waitMs = asked ?? backoffMs[tries - 1] ?? 0;
    if (reply !== undefined && waitMs > longestWaitMs) return reply;
    await retrying.wait(waitMs, signal);
  }
}

function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** `Retry-After` in seconds or as a date, else `X-Sentry-Rate-Limit-Reset` in seconds since 1970; undefined without either. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const after = headers['retry-after'];
  if (after !== undefined && after.trim() !== '') {
    const seconds = Number(after);
    const at = Number.isFinite(seconds) ? now + seconds * 1000 : Date.parse(after);
    if (!Number.isNaN(at)) return Math.max(0, at - now);
  }
  const reset = Number(headers['x-sentry-rate-limit-reset']);
  return Number.isFinite(reset) && reset > 0 ? Math.max(0, reset * 1000 - now) : undefined;
}
