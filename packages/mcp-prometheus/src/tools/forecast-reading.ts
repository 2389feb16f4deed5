import { ToolError } from '@cinecom/mcp-core';
import { alignSpan, roundStep, type Series } from '@cinecom/promql';
import { forecastQuery, type Preset } from '../analysis/forecast/presets.ts';
import type { QueryCall } from './query-steps.ts';
import { matchersOf } from './selector.ts';

export const forecastPoints = 300;

interface Asked {
  readonly preset: Preset;
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
  readonly left?: boolean | undefined;
  readonly selector?: string | undefined;
}

/** @throws ToolError `invalid_input` where there is no limit */
export async function forecastAsked({ preset, query, limit, left, selector }: Asked, { backend, signal }: QueryCall) {
  if (query !== undefined) {
    // an amount that must not reach 0 is one that is left
    if (limit !== undefined) return { query, limit, isLeft: left ?? limit === 0 };
    throw new ToolError('invalid_input', 'limit is missing: what the query must not reach', {
      hint: 'A free amount runs towards 0.',
    });
  }
  const found = forecastQuery(preset, matchersOf('selector', selector));
  const own = limit ?? found.limit ?? sizeOf((await backend.flags(signal)).get('storage.tsdb.retention.size'));
  if (own !== undefined) return { query: found.query, limit: own, isLeft: found.isLeft };
  throw new ToolError('invalid_input', 'limit is missing: Prometheus does not tell how large its storage may be', {
    hint: 'Bytes of the disk that its data may take.',
  });
}

const units: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
  PB: 2 ** 50,
};

/** `100GiB`, as Prometheus writes sizes: powers of 1024 with or without the i. */
function sizeOf(text: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([KMGTP]?)i?B$/.exec(text ?? '') ?? [];
  const bytes = Number(amount) * (units[`${unit ?? ''}B`] ?? 0);
  return amount === undefined || bytes === 0 ? undefined : bytes;
}

/** The series of a window that ends now, about three hundred points each. */
export async function readWindow(
  query: string,
  windowMs: number,
  now: number,
  { backend, signal }: QueryCall,
): Promise<readonly Series[]> {
  const stepMs = Math.max(15_000, roundStep(windowMs / forecastPoints));
  const span = alignSpan({ start: now - windowMs, end: now }, stepMs);
  return (await backend.range(query, { ...span, stepMs }, signal)).series;
}
