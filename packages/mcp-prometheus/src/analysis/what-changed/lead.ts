const minuteMs = 60_000;

/**
 * How much a change is worth by the time that it came before the trouble: a cause comes shortly before its effect.
 *
 * @param leadMs how long before; negative after it
 * @param toleranceMs how exact the two times are: so little after it still counts as before
 */
export function leadWeight(leadMs: number, toleranceMs: number): number {
  if (leadMs < -toleranceMs) return 0.2;
  if (leadMs <= 30 * minuteMs) return 1;
  return leadMs <= 120 * minuteMs ? 0.5 : 0.2;
}
