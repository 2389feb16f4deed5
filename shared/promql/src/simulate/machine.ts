/** When an alert is pending and when it fires. */
export interface AlertTiming {
  /** How long the expression must hold, ms. */
  readonly forMs: number;
  /** How long it stays firing after the expression ended, ms. */
  readonly keepFiringForMs: number;
}

/** A stretch of evaluations in one state, both ends included, UTC ms. */
export interface AlertSegment {
  readonly state: 'pending' | 'firing';
  readonly from: number;
  readonly to: number;
  /** When the expression first held. */
  readonly activeAt: number;
}

/**
 * States of one alert, one label set, over evaluations: exactly as Prometheus 2.42 to 3.x keeps them.
 *
 * The first result makes it pending; it fires at the first evaluation that is at least `for` later (at once where that is 0).
 * Pending and gone is dropped. Firing and gone stays firing for less than `keep_firing_for` after the first evaluation
 * without a result; a result in between clears that, so gaps are bridged and the bar for firing is not raised.
 *
 * @param steps times of all evaluations, UTC ms, rising
 * @param present indexes into `steps` at which the expression held, rising
 * @see prometheus/rules/alerting.go, `AlertingRule.Eval`
 */
export function alertSegments(
  steps: readonly number[],
  present: readonly number[],
  { forMs, keepFiringForMs }: AlertTiming,
): readonly AlertSegment[] {
  const segments: AlertSegment[] = [];
  let current: { state: AlertSegment['state']; from: number; activeAt: number } | undefined;
  const close = (last: number): void => {
    if (current !== undefined && current.from <= steps[last]!) segments.push({ ...current, to: steps[last]! });
    current = undefined;
  };
  const pass = (previous: number, next: number): void => {
    if (current === undefined || next === previous + 1) return;
    const kept = current.state === 'firing' ? lastKept(steps, previous, next, keepFiringForMs) : previous;
    if (kept < next - 1) close(kept);
  };
  let previous = -1;
  for (const index of present) {
    pass(previous, index);
    const at = steps[index]!;
    current ??= { state: 'pending', from: at, activeAt: at };
    if (current.state === 'pending' && at - current.activeAt >= forMs) {
      const { activeAt } = current;
      if (current.from < at) close(index - 1);
      current = { state: 'firing', from: at, activeAt };
    }
    previous = index;
  }
  pass(previous, steps.length);
  close(steps.length - 1);
  return segments;
}

/** The last evaluation before `next` at which an alert without results still fires. */
function lastKept(steps: readonly number[], previous: number, next: number, keepFiringForMs: number): number {
  const since = steps[previous + 1]!;
  let last = previous;
  while (last + 1 < next && steps[last + 1]! - since < keepFiringForMs) last += 1;
  return last;
}
