import { nearMetrics } from '../check/near-metrics.ts';
import { printSelector } from '../rewrite/print.ts';
import { metricOf, selectorsOf, withoutTime } from '../rewrite/selectors.ts';
import type { SelectorNode } from '../syntax/ast.ts';
import { metricAliases } from './metric-aliases.ts';
import { shown } from './shown.ts';
import type { Check, LintDraft, LintFacts } from './types.ts';

// values of these come only with the trouble that a rule waits for
const passing = new Set(
  'status code status_code grpc_code http_response_status_code level severity state phase reason condition result outcome error'.split(
    ' ',
  ),
);

/** Under which a fact about a selector is found in `LintFacts.selectors`. */
export function selectorKey(selector: SelectorNode): string {
  return printSelector(withoutTime(selector));
}

/** Metrics, labels and values that are not there, so that the rule can never fire. */
export const presence: Check = ({ expr, facts }) => {
  const seen = new Set<string>();
  return selectorsOf(expr).flatMap(({ selector, underAbsent, excludes, substitutes }): readonly LintDraft[] => {
    const metric = metricOf(selector);
    const key = selectorKey(selector);
    if (metric === undefined || underAbsent || excludes || substitutes || seen.has(key)) return [];
    seen.add(key);
    return metricAbsent(metric, selector, facts) ?? partAbsent(metric, selector, facts);
  });
};

function metricAbsent(metric: string, selector: SelectorNode, facts: LintFacts): readonly LintDraft[] | undefined {
  const alias = metricAliases.get(metric);
  const fact = facts.metrics?.get(metric);
  if (fact === undefined && alias !== undefined)
    return [
      {
        id: 'metric_name',
        severity: 'warning',
        at: selector.from,
        text: `no usual exporter has ${shown(metric)}; it is called ${shown(alias)}. The rule would never fire`,
        fix: `Write ${alias}.`,
      },
    ];
  if (fact === undefined || fact.presence === 'now') return undefined;
  const near = alias === undefined ? nearMetrics(metric, facts.knownMetrics ?? []) : [alias];
  const instead = near.length === 0 ? 'Find the right name: prom_find_metrics.' : `Nearest: ${near.join(', ')}.`;
  return [
    {
      id: 'metric_absent',
      severity: fact.presence === 'never' ? 'error' : 'warning',
      at: selector.from,
      text: `${shown(metric)} is not there now${fact.presence === 'never' ? ' and was not in the last 7 days' : ', though it was in the last 7 days'}: the rule cannot fire`,
      fix:
        fact.presence === 'never'
          ? instead
          : `Look at its target: prom_check_targets. ${near.length === 0 ? '' : instead}`.trim(),
    },
  ];
}

function partAbsent(metric: string, selector: SelectorNode, facts: LintFacts): readonly LintDraft[] {
  const fact = facts.selectors?.get(selectorKey(selector));
  if (fact === undefined || fact.presence === 'now') return [];
  const { culprit } = fact;
  if (culprit === undefined) {
    // states that come and go, such as errors, are absent in good times
    return [
      {
        id: 'selector_empty',
        severity: 'info',
        at: selector.from,
        text: `no series of ${shown(metric)} matches now${fact.presence === 'never' ? ' nor in the last 7 days' : ''}`,
        fix: 'Fine where only trouble makes the series; otherwise prom_explain_query says which matcher empties it.',
      },
    ];
  }
  const isPassing = culprit.kind === 'value' && passing.has(culprit.label);
  const instead = culprit.instead.slice(0, 5).map(shown).join(', ');
  return [
    {
      id: culprit.kind === 'label' ? 'label_absent' : 'value_absent',
      severity: isPassing ? 'info' : 'warning',
      at: selector.from,
      text: `${shown(metric)} has no ${culprit.kind === 'label' ? `label ${shown(culprit.label)}` : `such value of ${shown(culprit.label)}`} now or in the last 7 days`,
      fix: instead === '' ? 'Take the matcher out.' : `There are: ${instead}.`,
    },
  ];
}

/** A rule over a recording rule that fails is blind. */
export const failingDependency: Check = ({ expr, facts: { failingRecords } }) => {
  const failing = selectorsOf(expr).find(({ selector }) => failingRecords?.has(metricOf(selector) ?? ''));
  if (failing === undefined) return [];
  return [
    {
      id: 'failing_dependency',
      severity: 'error',
      at: failing.selector.from,
      text: `${shown(metricOf(failing.selector) ?? '')} is a recording rule whose evaluation fails`,
      fix: 'Repair that rule first: prom_check_rules with source running shows its error.',
    },
  ];
};
