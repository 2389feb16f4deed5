import { bare, type CallNode, comparisonOperators, type SelectorNode } from '../syntax/ast.ts';
import { printSelector } from '../rewrite/print.ts';
import { dropMatchers, metricOf } from '../rewrite/selectors.ts';
import { numberOf } from '../rewrite/threshold.ts';
import { shown } from './shown.ts';
import type { Check } from './types.ts';

const aboutErrors = /err|fail|fault|drop|reject|timeout|5xx|exception/i;
const statusLabels = new Set(['status', 'code', 'status_code', 'http_response_status_code', 'grpc_code']);

/** `rate(errors) > x` is errors per second of each series: no ratio, and one alert an instance. */
export const rateMeaning: Check = ({ rule, expr }) => {
  const root = bare(expr);
  if (rule.kind !== 'alert' || root.kind !== 'binary' || !comparisonOperators.has(root.operator)) return [];
  const call = bare(root.left);
  const threshold = numberOf(root.right);
  if (call.kind !== 'call' || (call.name !== 'rate' && call.name !== 'irate') || threshold === undefined) return [];
  const selector = selectorIn(call);
  if (selector === undefined) return [];
  const metric = metricOf(selector) ?? '';
  const status = selector.matchers.filter(({ label }) => statusLabels.has(label));
  const isOfErrors = status.length > 0 || aboutErrors.test(metric) || aboutErrors.test(rule.name);
  if (!isOfErrors)
    return [
      {
        id: 'rate_per_series',
        severity: 'info',
        at: call.from,
        text: `${call.name} without sum is per second and per series: one alert for each series of ${shown(metric)}`,
        fix: `Say what is meant: sum by (job) (${call.name}(…)).`,
      },
    ];
  return [
    {
      id: 'rate_not_ratio',
      severity: 'warning',
      at: call.from,
      text: `${call.name} of errors ${root.operator} ${threshold} is errors per second of each single series, no error ratio: it fires per instance, and by traffic`,
      fix: `Divide by all requests: ${ratioOf(selector, status, root.operator, threshold)}`,
    },
  ];
};

function selectorIn(call: CallNode): SelectorNode | undefined {
  const arg = call.args[0] === undefined ? undefined : bare(call.args[0]);
  return arg?.kind === 'selector' ? arg : undefined;
}

function ratioOf(
  selector: SelectorNode,
  status: SelectorNode['matchers'],
  operator: string,
  threshold: number,
): string {
  const rate = (of: SelectorNode): string => `sum by (job) (rate(${printSelector(of)}))`;
  const all =
    status.length === 0 ? 'sum by (job) (rate(all_requests_total[5m]))' : rate(dropMatchers(selector, status));
  return `${rate(selector)} / (${all} > 0) ${operator} ${threshold < 1 ? threshold : 0.05}`;
}
