import { type Backtest, labelKey, type Labels, type Series } from '@cinecom/promql';

/** How far a backtest and what was stored of the running rule agree. */
export interface Agreement {
  /** Evaluations at which either fires. */
  readonly either: number;
  /** Of these, at which the other does too, within one interval. */
  readonly both: number;
  /** UTC ms from which both are known. */
  readonly since: number;
}

/**
 * Compares firing evaluations, by label set, with one interval of patience: running rules are evaluated somewhere within
 * theirs.
 *
 * @param stored `ALERTS` of state firing, at the interval as step
 * @param since nothing earlier is compared: the rule or the server may be younger than the window
 */
export function agreementOf(
  { episodes }: Backtest,
  stored: readonly Series[],
  { since, end, intervalMs }: { readonly since: number; readonly end: number; readonly intervalMs: number },
): Agreement {
  const mine = new Map<string, Set<number>>();
  for (const { labels, from, to } of episodes) {
    const times = mine.get(keyOf(labels)) ?? new Set<number>();
    for (let at = Math.max(from, since); at <= Math.min(to, end); at += intervalMs) times.add(index(at, intervalMs));
    mine.set(keyOf(labels), times);
  }
  const theirs = new Map(
    stored.map(({ labels, points }) => [
      keyOf(labels),
      new Set(points.filter(([at]) => at >= since && at <= end).map(([at]) => index(at, intervalMs))),
    ]),
  );
  let either = 0;
  let both = 0;
  for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
    const [a, b] = [mine.get(key) ?? new Set<number>(), theirs.get(key) ?? new Set<number>()];
    const near = (set: ReadonlySet<number>, at: number) => set.has(at) || set.has(at - 1) || set.has(at + 1);
    const all = new Set([...a, ...b]);
    either += all.size;
    for (const at of all) if (near(a, at) && near(b, at)) both += 1;
  }
  return { either, both, since };
}

function index(at: number, intervalMs: number): number {
  return Math.floor(at / intervalMs);
}

/** Without what `ALERTS` adds, and without the name, which is the rule's in both. */
function keyOf(labels: Labels): string {
  const own = Object.entries(labels).filter(([name]) => !['__name__', 'alertname', 'alertstate'].includes(name));
  return labelKey(Object.fromEntries(own));
}
