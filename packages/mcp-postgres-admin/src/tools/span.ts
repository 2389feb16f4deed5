import * as z from 'zod';

/** Taken by the tools that look back. */
export const spanInput = z.string().regex(/^[1-9]\d{0,3}[mhd]$/, 'expected a span such as 30m, 12h or 7d');

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A checked span, `90m`, `1h`, `7d`, in ms. */
export function spanMs(text: string): number {
  return Number(text.slice(0, -1)) * (unitMs[text.at(-1) ?? ''] ?? 0);
}
