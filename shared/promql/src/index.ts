export type { HistogramPoint, Labels, Point, Series, Span } from './series.ts';
export {
  labelKey,
  rankByLast,
  type Remainder,
  remainderOf,
  type SeriesSummary,
  summarise,
  thin,
} from './shape/summarise.ts';
export {
  formatDuration,
  parseDuration,
  parseSince,
  parseTime,
  type TimeContext,
  timeForms,
} from './time/parse-time.ts';
export { alignSpan, chooseStep, fittingStep, mostSamples, pointCount, roundStep } from './time/steps.ts';
export { type LocalDate, type ZoneCalendar, zoneCalendar } from './time/zone.ts';
export {
  chooseRed,
  type RedExpressions,
  redExpressions,
  redMetrics,
  type RedSource,
  serviceLabels,
  statusLabels,
} from './formulas/red.ts';
export { realFilesystems, withMatchers } from './formulas/selector.ts';
export { sustained, type Threshold, type UseFormula, useFormulas } from './formulas/use.ts';
export {
  type AggregationNode,
  aggregated,
  bare,
  type BinaryNode,
  type CallNode,
  childrenOf,
  comparisonOperators,
  type DurationText,
  type Expr,
  type Grouping,
  type Matcher,
  type Matching,
  type MatchOperator,
  type Place,
  type SelectorNode,
  setOperators,
  type SubqueryNode,
  walk,
} from './syntax/ast.ts';
export { lineColumn, type Problem } from './syntax/problem.ts';
export { isBroken, longestQuery, type ParsedQuery, parseQuery } from './syntax/parse.ts';
export { quoteLabelValue, unquote } from './syntax/strings.ts';
export { parseNumber, printNumber } from './syntax/numbers.ts';
export { printExpr, printMatcher, printSelector, replacePlace } from './rewrite/print.ts';
export {
  dropMatchers,
  type FoundSelector,
  isAdditive,
  isScale,
  metricOf,
  selectorsOf,
  withoutTime,
} from './rewrite/selectors.ts';
export { numberOf, type AlertThreshold, replaceThreshold, thresholdOf } from './rewrite/threshold.ts';
export { appliesTo, type CheckedQuery, checkQuery } from './check/check.ts';
export { editDistance, nearestName } from './check/nearest.ts';
export { readRegex, type RegexFacts } from './check/regex.ts';
export { aggregations, signatures, type ValueType } from './check/signatures.ts';
export { canHave, type LabelSet, labelsOf } from './check/labels-of.ts';
export { nearMetrics } from './check/near-metrics.ts';
export { longestRuleFile, readRuleFile } from './rules/read-rule-file.ts';
export type { FileProblem, WrittenGroup, WrittenRule, WrittenRuleFile } from './rules/rule-file.ts';
export { lintRules, type LintReport } from './lint/lint.ts';
export { metricAliases } from './lint/metric-aliases.ts';
export { selectorKey } from './lint/presence-checks.ts';
export { readTemplate, type TemplateFacts } from './lint/template-parts.ts';
export type { LintFacts, LintFinding, LintSeverity, Presence, SelectorFact } from './lint/types.ts';
export {
  type BurnAlert,
  burnAlerts,
  burnWindows,
  errorRatioOver,
  overWindow,
  sloRules,
  type SloSource,
} from './formulas/slo.ts';
export { goFloat, type LabelTemplate, readLabelTemplate, type UnknownTemplate } from './simulate/expand-label.ts';
export { type AlertSegment, alertSegments, type AlertTiming } from './simulate/machine.ts';
export {
  type AlertEpisode,
  type Backtest,
  backtestRule,
  type BacktestRule,
  backtestStart,
} from './simulate/backtest.ts';
