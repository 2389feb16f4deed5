import { bare, comparisonOperators, type Expr, walk } from '../syntax/ast.ts';
import { formatDuration } from '../time/parse-time.ts';
import { shown } from './shown.ts';
import type { Check, LintDraft, RuleUnderLint } from './types.ts';

const topLists = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** An alert without a comparison fires for every series that exists. */
export const missingComparison: Check = ({ rule, expr }) => {
  if (rule.kind !== 'alert' || filters(expr) || isHeartbeat(expr)) return [];
  return [
    {
      id: 'missing_comparison',
      severity: 'warning',
      text: 'nothing is compared: the alert fires for every series that the expression has',
      fix: 'Compare with a value: … > 0.9. With bool every series stays, so leave bool out.',
    },
  ];
};

/** Whether some series can drop out: a comparison, a set operation, or `absent`. */
function filters(expr: Expr): boolean {
  const node = bare(expr);
  switch (node.kind) {
    case 'binary': {
      const { operator, bool, left, right } = node;
      if (comparisonOperators.has(operator)) return !bool || filters(left) || filters(right);
      if (operator === 'unless') return true;
      if (operator === 'or') return filters(left) && filters(right);
      return filters(left) || filters(right);
    }
    case 'call':
      return node.name.startsWith('absent') || node.args.some(filters);
    case 'aggregation':
      return node.args.some(filters);
    case 'subquery':
    case 'unary':
      return filters(node.body);
    case 'selector':
      return node.name === 'ALERTS';
    case 'variable':
      return true;
    case 'number':
    case 'string':
    default:
      return false;
  }
}

/** `vector(1)`: an alert that fires always on purpose, to prove that alerts arrive. */
function isHeartbeat(expr: Expr): boolean {
  const node = bare(expr);
  return node.kind === 'call' && node.name === 'vector';
}

/** One missed scrape is no absence. */
export const absentFor: Check = ({ rule, expr, facts }) => {
  const root = bare(expr);
  if (rule.kind !== 'alert' || root.kind !== 'call' || root.name !== 'absent') return [];
  const least = 2 * (facts.scrapeIntervalMs ?? 0);
  if (rule.forMs > 0 && rule.forMs >= least) return [];
  const wanted = least === 0 ? '2 scrape intervals' : formatDuration(least);
  return [
    {
      id: 'absent_for',
      severity: 'warning',
      text: `absent with for: ${formatDuration(rule.forMs)} fires on one missed scrape`,
      fix: `Set for to at least ${wanted}; 5m is usual.`,
    },
  ];
};

/** The members of a top list change, and each change is another alert. */
export const topInAlert: Check = ({ rule, expr }) => {
  if (rule.kind !== 'alert') return [];
  return [...walk(expr)].flatMap(({ expr: node, above }): readonly LintDraft[] => {
    if (node.kind !== 'aggregation' || !topLists.has(node.operator)) return [];
    // picking one of several twins for a join, or under a sum, changes no labels
    if (above.some((one) => one.kind === 'aggregation' || (one.kind === 'binary' && one.matching !== undefined)))
      return [];
    return [
      {
        id: 'topk',
        severity: 'warning',
        at: node.from,
        text: `${node.operator} in an alert: whoever is on the list changes, so for starts anew each time`,
        fix: `Compare with a value instead; ${node.operator} is for dashboards.`,
      },
    ];
  });
};

const wantedFields = [
  {
    at: 'labels',
    key: 'severity',
    severity: 'warning',
    why: 'the routes of Alertmanager go by it',
    example: 'severity: warning',
  },
  {
    at: 'annotations',
    key: 'summary',
    severity: 'warning',
    why: 'it is the line that people read',
    example: 'summary: "…"',
  },
  {
    at: 'annotations',
    key: 'runbook_url',
    severity: 'info',
    why: 'whoever is woken needs the next step',
    example: 'runbook_url: https://…',
  },
] as const;

/** What the one who is woken needs. */
export function missingFields({ rule }: Pick<RuleUnderLint, 'rule'>): readonly LintDraft[] {
  if (rule.kind !== 'alert') return [];
  return wantedFields.flatMap(({ at, key, severity, why, example }): readonly LintDraft[] => {
    const given = rule[at];
    const has =
      key === 'runbook_url' ? Object.keys(given).some((name) => /runbook/i.test(name)) : (given[key] ?? '') !== '';
    if (has) return [];
    return [
      {
        id: `missing_${key.replace('_url', '')}`,
        severity,
        text: `no ${key}: ${why}`,
        fix: `Add under ${at}: ${example}`,
      },
    ];
  });
}

/** A label of the rule that is also an external label overwrites it on the way to Alertmanager. */
export const externalLabel: Check = ({ rule, facts: { externalLabels = {} } }) =>
  Object.keys(rule.labels)
    .filter((label) => Object.hasOwn(externalLabels, label))
    .map((label) => ({
      id: 'external_label',
      severity: 'warning',
      under: `labels.${label}`,
      text: `the label ${shown(label)} is an external label of the server, too: one hides the other`,
      fix: 'Give the label of the rule another name.',
    }));

/** An alert that never stops tells nothing. */
export const alwaysFiring: Check = ({ rule, expr, facts: { alwaysFiring: firing } }: RuleUnderLint) => {
  if (rule.kind !== 'alert' || isHeartbeat(expr) || !firing?.has(rule.name)) return [];
  return [
    {
      id: 'always_firing',
      severity: 'warning',
      text: 'the alert has been firing for as long as was looked',
      fix: 'Fix the cause, or move the threshold: prom_backtest_rule with thresholds shows how often each would fire.',
    },
  ];
};
