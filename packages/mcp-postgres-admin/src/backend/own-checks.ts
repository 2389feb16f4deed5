import type { Guarded } from '@cinecom/pg-guard';
import type { OwnCheckOutcome } from '../analysis/overview/types.ts';
import { toToolError } from './errors.ts';
import type { OwnCheck } from './port.ts';

/** Runs each check as free SQL; one that fails tells why instead of its value, and does not stop the others. */
export async function runOwnChecks(
  guard: Guarded,
  checks: readonly OwnCheck[],
  signal: AbortSignal,
): Promise<readonly OwnCheckOutcome[]> {
  const outcomes: OwnCheckOutcome[] = [];
  for (const { name, sql, expect } of checks) {
    const expected = String(expect);
    outcomes.push({ name, expected, got: await firstValue(guard, sql, signal) });
  }
  return outcomes;
}

async function firstValue(guard: Guarded, sql: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { rows } = await guard.run(sql, { signal, maxRows: 1 });
    const value = rows[0]?.[0];
    return value === undefined ? undefined : String(value);
  } catch (error) {
    signal.throwIfAborted();
    return `an error: ${toToolError(error).message}`;
  }
}
