import type { Severity, Threshold } from '../spec.ts';

const order: readonly Severity[] = ['ok', 'warning', 'critical'];

/** The worst threshold that a value has passed; undefined when it has passed none. */
export function severityOf(value: number | null, thresholds: readonly Threshold[] = []): Severity | undefined {
  if (value === null || Number.isNaN(value)) return undefined;
  const passed = thresholds.filter(({ value: limit, side }) => (side === 'below' ? value <= limit : value >= limit));
  return order.findLast((severity) => passed.some((threshold) => threshold.severity === severity));
}
