import { afterEach, beforeEach, vi } from 'vitest';
import type { Bed } from './open.ts';

/** A Sunday. */
export const now = Date.parse('2026-03-01T12:00:00Z');
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The clock of this server stands still at `now` in every test of the file, as the double's does when it is told so. */
export function freezeTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now }));
  afterEach(() => void vi.useRealTimers());
}

/** The answer without the port that the double happens to listen at. */
export async function askOf({ client, sentry }: Bed, tool: string, args: Readonly<Record<string, unknown>> = {}) {
  return (await client.ask(tool, args)).replaceAll(sentry.url, 'https://sentry.test');
}

/** What a tool that judges answers as data, as far as tests look at it. */
export interface Judged {
  readonly verdict: string;
  readonly summary: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly object: string;
    readonly evidence: string;
  }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string; readonly required: boolean }[];
}
