import { afterEach } from 'vitest';
import { startSentry } from '../src/sentry/start-sentry.ts';
import type { SentryDouble, SentryOptions } from '../src/sentry/types.ts';

/** A moment on a whole hour, so that expected buckets can be counted by hand. */
export const now = Date.UTC(2026, 10, 26, 21, 0, 0);
export const hour = 3_600_000;

/** Starts doubles that end with the test. */
export function doubles(): (options?: SentryOptions) => Promise<SentryDouble> {
  const running: SentryDouble[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((double) => double.stop()));
  });
  return async (options = {}) => {
    const double = await startSentry({ now, ...options });
    running.push(double);
    return double;
  };
}
