import { ToolError } from '@cinecom/mcp-core';
import {
  type Backtest,
  backtestRule as simulate,
  type BacktestRule,
  backtestStart,
  labelKey,
  parseQuery,
  printExpr,
  quoteLabelValue,
  readRuleFile,
  type Span,
} from '@cinecom/promql';
import { type Agreement, agreementOf } from '../analysis/backtest/agreement.ts';
import { readQuery } from '../analysis/query/read-query.ts';
import { guardSeries, type QueryCall } from './query-steps.ts';

const mostEvaluations = 60_000;
const defaultIntervalMs = 60_000;

/** A rule to try, and how often it is evaluated. */
export interface TriedRule extends BacktestRule {
  readonly expr: string;
  readonly intervalMs: number;
  /** It runs just so: what it did is stored. */
  readonly isRunning: boolean;
  /** Alerting rules that run under its name. */
  readonly namesakes: number;
}

/**
 * The rule of the input: YAML, or the name of a running one.
 * @throws ToolError `invalid_input` for neither, both, or no alerting rule; `backend_not_found`
 */
export async function ruleToTry(
  { rule, name }: { readonly rule?: string | undefined; readonly name?: string | undefined },
  call: QueryCall,
): Promise<TriedRule> {
  if ((rule === undefined) === (name === undefined)) {
    throw new ToolError('invalid_input', 'give rule or name, one of them', {
      hint: 'rule is the YAML of one alerting rule; name is a running one, listed by prom_check_rules.',
    });
  }
  return rule === undefined ? running(name ?? '', call) : written(rule, call);
}

/** Alerting rules that run under a name, with their interval. */
async function runningRules(name: string, { backend, signal }: QueryCall) {
  return (await backend.rules(signal)).flatMap(({ rules, intervalMs }) =>
    rules.flatMap((rule) =>
      rule.kind === 'alerting' && rule.name === name ? [{ rule, intervalMs: intervalMs || defaultIntervalMs }] : [],
    ),
  );
}

async function running(name: string, call: QueryCall): Promise<TriedRule> {
  const all = await runningRules(name, call);
  const [first] = all;
  if (first === undefined) {
    throw new ToolError('backend_not_found', 'no alerting rule of that name is running', {
      hint: 'prom_check_rules lists them; rule takes YAML instead.',
    });
  }
  const { expr, labels, forMs, keepFiringForMs } = first.rule;
  return {
    name,
    expr,
    labels,
    forMs,
    keepFiringForMs,
    intervalMs: first.intervalMs,
    externalLabels: await externalLabels(call),
    isRunning: true,
    namesakes: all.length,
  };
}

async function written(text: string, call: QueryCall): Promise<TriedRule> {
  const { groups, problems } = readRuleFile(text, { loose: true });
  const [problem] = problems;
  if (problem !== undefined) {
    throw new ToolError('invalid_input', `rule is not read at line ${problem.line}, column ${problem.column}`, {
      hint: 'One alerting rule in YAML: alert, expr, for, labels, annotations. prom_check_rules tells more.',
    });
  }
  const [found, ...others] = groups.flatMap((group) =>
    group.rules.filter(({ kind }) => kind === 'alert').map((one) => ({ one, group })),
  );
  if (found === undefined || others.length > 0) {
    throw new ToolError('invalid_input', 'rule must be exactly one alerting rule', {
      hint: 'One with alert: and expr:.',
    });
  }
  const { one, group } = found;
  const same = await runningRules(one.name, call);
  const { evaluationIntervalMs } = await call.backend
    .configuration(call.signal)
    .catch(() => ({ evaluationIntervalMs: defaultIntervalMs }));
  return {
    name: one.name,
    expr: one.expr,
    labels: one.labels,
    forMs: one.forMs,
    keepFiringForMs: one.keepFiringForMs,
    intervalMs: group.intervalMs ?? same[0]?.intervalMs ?? evaluationIntervalMs,
    externalLabels: await externalLabels(call),
    isRunning: same.some(({ rule }) => isSame(rule, one)),
    namesakes: same.length,
  };
}

type Evaluated = Pick<TriedRule, 'expr' | 'forMs' | 'keepFiringForMs' | 'labels'>;

/** Whether two rules do the same, however they are written. */
function isSame(a: Evaluated, b: Evaluated): boolean {
  const printed = ({ expr: text }: Evaluated): string => {
    const { expr } = parseQuery(text);
    return expr === undefined ? text : printExpr(expr);
  };
  return (
    a.forMs === b.forMs &&
    a.keepFiringForMs === b.keepFiringForMs &&
    labelKey(a.labels) === labelKey(b.labels) &&
    printed(a) === printed(b)
  );
}

async function externalLabels({ backend, signal }: Pick<QueryCall, 'backend' | 'signal'>) {
  return backend.externalLabels(signal).catch(() => ({}));
}

export interface TriedHistory {
  readonly found: Backtest;
  /** The group's own, or a multiple of it for long windows. */
  readonly intervalMs: number;
  /** Series that the selectors of the expression have in the last hour; 0 = there is nothing to judge by. */
  readonly series: number;
}

/** Runs the expression over the window and the machine over its results. */
export async function tryRule(rule: TriedRule, span: Span, call: QueryCall): Promise<TriedHistory> {
  await guardSeries(readQuery(rule.expr), call);
  const intervalMs = intervalFor(rule.intervalMs, span);
  const start = backtestStart(span, rule, intervalMs);
  const [answer, series] = await Promise.all([
    call.backend.range(rule.expr, { start, end: span.end, stepMs: intervalMs }, call.signal),
    seriesThere(rule.expr, span, call),
  ]);
  return { found: simulate(rule, answer.series, span, intervalMs), intervalMs, series };
}

/** Long windows are evaluated less often than the rule would be. */
function intervalFor(intervalMs: number, span: Span): number {
  const evaluations = (span.end - span.start) / intervalMs;
  return evaluations <= mostEvaluations ? intervalMs : intervalMs * Math.ceil(evaluations / mostEvaluations);
}

/** Whether any selector of the expression had samples in the window, by asking at its end and in its middle. */
async function seriesThere(expr: string, { start, end }: Span, { backend, signal }: QueryCall): Promise<number> {
  const { allCounts } = readQuery(expr);
  const counts = await Promise.all(
    [end, (start + end) / 2].flatMap((at) =>
      allCounts.map(async (query) => (await backend.instant(query, { at }, signal)).series[0]?.points[0]?.[1] ?? 0),
    ),
  );
  return allCounts.length === 0 ? 1 : Math.max(0, ...counts);
}

/** What is stored of the running rule, against what the machine says; undefined where nothing is. */
export async function storedAgreement(
  rule: TriedRule,
  { found, intervalMs }: TriedHistory,
  span: Span,
  { backend, signal }: QueryCall,
): Promise<Agreement | undefined> {
  const stored = await backend.range(
    storedSelector(rule),
    { ...span, start: Math.ceil(span.start / intervalMs) * intervalMs, stepMs: intervalMs },
    signal,
  );
  const first = Math.min(...stored.series.flatMap(({ points }) => points[0]?.[0] ?? []));
  // before its first stored alert the rule may not have been there
  if (!Number.isFinite(first)) return undefined;
  return agreementOf(found, stored.series, { since: first, end: span.end, intervalMs });
}

/** By the labels that it sets as well: rules of other severities often have the same name. */
function storedSelector({ name, labels }: TriedRule): string {
  const own = Object.entries(labels).filter(
    ([label, value]) =>
      /^[A-Za-z_]\w*$/.test(label) && !['alertname', 'alertstate'].includes(label) && !value.includes('{{'),
  );
  const matchers = [['alertname', name], ['alertstate', 'firing'], ...own].map(
    ([label = '', value = '']) => `${label}=${quoteLabelValue(value)}`,
  );
  return `ALERTS{${matchers.join(', ')}}`;
}
