import { bare, type CallNode, type Expr, type SelectorNode, walk } from '../syntax/ast.ts';
import { metricOf, selectorsOf } from '../rewrite/selectors.ts';
import { formatDuration } from '../time/parse-time.ts';
import { shown } from './shown.ts';
import type { Check, LintDraft, LintFacts } from './types.ts';

const ratesOf = new Set(['rate', 'irate', 'increase']);
const needTwoPoints = new Set([
  ...ratesOf,
  'delta',
  'idelta',
  'deriv',
  'predict_linear',
  'changes',
  'resets',
  'holt_winters',
]);
const gaugeNames =
  /^(up|node_memory_\w+_bytes|node_filesystem_\w+|node_load\d+|container_memory_\w+_bytes|process_resident_memory_bytes|kube_\w+_status_\w+|go_goroutines|pg_stat_activity_count)$|_(celsius|ratio|percent|info|temperature|timestamp_seconds)$/;

/** Calls whose argument is a range selector. */
function* rangeCalls(expr: Expr): Generator<{ readonly call: CallNode; readonly selector: SelectorNode }> {
  for (const { expr: node } of walk(expr)) {
    if (node.kind !== 'call') continue;
    for (const arg of node.args) {
      const inner = bare(arg);
      if (inner.kind === 'selector' && inner.range !== undefined) yield { call: node, selector: inner };
    }
  }
}

/** A window needs two points whatever is missed. */
export const windowShort: Check = ({ expr, facts: { scrapeIntervalMs } }) => {
  if (scrapeIntervalMs === undefined) return [];
  return [...rangeCalls(expr)].flatMap(({ call, selector }): readonly LintDraft[] => {
    const ms = selector.range!.ms;
    if (ms === undefined || !needTwoPoints.has(call.name) || isRecorded(selector) || ms >= 4 * scrapeIntervalMs)
      return [];
    const never = ms < 2 * scrapeIntervalMs;
    return [
      {
        id: 'window_short',
        severity: never ? 'error' : 'warning',
        at: selector.range!.from,
        text: `the window of ${formatDuration(ms)} is ${never ? 'below 2' : 'below 4'} scrape intervals of ${formatDuration(scrapeIntervalMs)}: ${never ? 'often there are not two points in it' : 'one missed scrape empties it'}`,
        fix: `Take at least ${formatDuration(4 * scrapeIntervalMs)}.`,
      },
    ];
  });
};

function isRecorded(selector: SelectorNode): boolean {
  return (metricOf(selector) ?? '').includes(':');
}

function typeOf(metric: string, { metrics }: LintFacts): string | undefined {
  const type = metrics?.get(metric)?.type;
  return type === undefined || type === 'unknown' || type === 'untyped' ? undefined : type;
}

/** `rate` takes every fall of a gauge for a restart. */
export const rateOnGauge: Check = ({ expr, facts }) =>
  [...rangeCalls(expr)].flatMap(({ call, selector }): readonly LintDraft[] => {
    const metric = metricOf(selector);
    if (metric === undefined || !ratesOf.has(call.name)) return [];
    const type = typeOf(metric, facts);
    if (type === undefined ? !gaugeNames.test(metric) : type !== 'gauge') return [];
    return [
      {
        id: 'rate_on_gauge',
        severity: type === undefined ? 'warning' : 'error',
        at: call.from,
        text: `${call.name} of ${shown(metric)}, which ${type === undefined ? 'by its name is' : 'is'} a gauge: each fall counts as a restart`,
        fix: call.name === 'increase' ? 'Use delta(…).' : 'Use deriv(…), or delta(…) for the difference.',
      },
    ];
  });

/** The restart of one instance looks like a fall of the sum. */
export const rateOfSum: Check = ({ expr }) =>
  [...walk(expr)].flatMap(({ expr: node }): readonly LintDraft[] => {
    if (node.kind !== 'call' || !ratesOf.has(node.name)) return [];
    const arg = node.args[0] === undefined ? undefined : bare(node.args[0]);
    const ofSubquery =
      arg?.kind === 'subquery' && [...walk(arg.body)].some(({ expr: inner }) => inner.kind === 'aggregation');
    const ofRecorded = arg?.kind === 'selector' && /:(sum|count|sum_\w+)$/.test(metricOf(arg) ?? '');
    if (!ofSubquery && !ofRecorded) return [];
    return [
      {
        id: 'rate_of_sum',
        severity: 'warning',
        at: node.from,
        text: `${node.name} of a sum: the restart of one instance shows as a huge rate`,
        fix: `Take the rate first: sum by (…) (${node.name}(metric[5m])).`,
      },
    ];
  });

const harmless = new Set(['count', 'group']);
const timeless = new Set(['timestamp', 'absent', 'absent_over_time']);

/** The value of a counter says how long it has been counting. */
export const counterRaw: Check = ({ expr, facts }) =>
  selectorsOf(expr).flatMap(({ selector, above, excludes, underAbsent }): readonly LintDraft[] => {
    const metric = metricOf(selector);
    if (metric === undefined || selector.range !== undefined || excludes || underAbsent || metric.includes(':'))
      return [];
    const type = typeOf(metric, facts);
    const isCounter = type === undefined ? /_(total|bucket)$/.test(metric) : type === 'counter';
    const isHidden = above.some(
      (node) =>
        node.kind === 'subquery' ||
        (node.kind === 'aggregation' && harmless.has(node.operator)) ||
        (node.kind === 'call' && timeless.has(node.name)),
    );
    if (!isCounter || isHidden || isExistenceTest(selector, above)) return [];
    return [
      {
        id: 'counter_raw',
        severity: 'warning',
        at: selector.from,
        text: `${shown(metric)} is a counter and used as it stands: it only grows, and falls to 0 at a restart`,
        fix: `Use rate(${metric}[5m]), or increase(${metric}[1h]) for a number of events.`,
      },
    ];
  });

/** On the right of `and`, or joined by `* on`, only its being there matters. */
function isExistenceTest(selector: SelectorNode, above: readonly Expr[]): boolean {
  const path = [...above, selector];
  return above.some(
    (node, index) => node.kind === 'binary' && node.operator === 'and' && node.right === path[index + 1],
  );
}
