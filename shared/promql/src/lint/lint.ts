import { checkQuery } from '../check/check.ts';
import type { WrittenRule, WrittenRuleFile } from '../rules/rule-file.ts';
import { lineColumn, type Problem } from '../syntax/problem.ts';
import { absentFor, alwaysFiring, externalLabel, missingComparison, missingFields, topInAlert } from './alert-shape.ts';
import { counterRaw, rateOfSum, rateOnGauge, windowShort } from './counter-checks.ts';
import { division, workingSet } from './division-checks.ts';
import { checkFile } from './file-checks.ts';
import { failingDependency, presence } from './presence-checks.ts';
import { rateMeaning } from './rate-meaning.ts';
import { regexes, retention, unequalLabels } from './selector-checks.ts';
import { changingLabels, templates } from './template-checks.ts';
import type { Check, LintDraft, LintFacts, LintFinding } from './types.ts';

/** All findings by severity and line, and what could not be looked at for want of facts. */
export interface LintReport {
  readonly rules: number;
  readonly findings: readonly LintFinding[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
}

const checks: readonly Check[] = [
  missingComparison,
  absentFor,
  topInAlert,
  changingLabels,
  templates,
  externalLabel,
  windowShort,
  rateOnGauge,
  rateOfSum,
  counterRaw,
  rateMeaning,
  division,
  workingSet,
  regexes,
  unequalLabels,
  retention,
  presence,
  failingDependency,
  alwaysFiring,
  missingFields,
];

/** Checks a rule file. What needs a server takes it from `facts`; without them it is named in `notExamined`. */
export function lintRules(file: WrittenRuleFile, facts: LintFacts = {}): LintReport {
  const rules = file.groups.flatMap((group) => group.rules);
  const order = ['error', 'warning', 'info'];
  const findings = [...checkFile(file), ...rules.flatMap((rule) => lintRule(rule, facts))];
  return {
    rules: rules.length,
    findings: findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.line - b.line),
    notExamined: missingFacts(facts),
  };
}

function lintRule(rule: WrittenRule, facts: LintFacts): readonly LintFinding[] {
  const query = checkQuery(rule.expr);
  const problems = [
    ...query.problems.map(problemDraft),
    ...variableDrafts(query.variables),
    ...resultDrafts(query.type),
  ];
  const isUsable = query.expr !== undefined && !problems.some(({ severity }) => severity === 'error');
  const drafts = isUsable
    ? [...problems, ...checks.flatMap((check) => check({ rule, query, expr: query.expr!, facts }))]
    : [...problems, ...missingFields({ rule })];
  return drafts.map(({ at, under, ...draft }) => ({
    ...draft,
    line: under === undefined ? lineOf(rule, at) : (rule.lines[under] ?? rule.line),
    rule: rule.name,
    group: rule.group,
  }));
}

function lineOf(rule: WrittenRule, at: number | undefined): number {
  if (at === undefined) return rule.line;
  return rule.exprKeepsLines ? rule.exprLine + lineColumn(rule.expr, at).line - 1 : rule.exprLine;
}

function problemDraft({ code, message, hint, since, until, from, column, line }: Problem): LintDraft {
  if (code === 'newer') {
    const version = since === 'unknown' ? '' : until === undefined ? ` needs Prometheus ${since}` : ` since ${until}`;
    return {
      id: 'version',
      severity: 'info',
      at: from,
      text: `${message}${version}`,
      fix: hint ?? 'Check the version of the server.',
    };
  }
  const id = code === 'type' || code === 'regex' ? code : 'syntax';
  return {
    id,
    severity: 'error',
    at: from,
    text: `${message} (expression ${line}:${column})`,
    fix: hint ?? 'Prometheus refuses the whole file with it.',
  };
}

function variableDrafts(variables: readonly { readonly from: number }[]): readonly LintDraft[] {
  return variables.slice(0, 1).map(({ from }) => ({
    id: 'syntax',
    severity: 'error',
    at: from,
    text: 'a variable of Grafana stands in a rule',
    fix: 'Put a duration or value in its place: only dashboards have variables.',
  }));
}

function resultDrafts(type: string | undefined): readonly LintDraft[] {
  if (type !== 'matrix' && type !== 'string') return [];
  const text = `a rule needs one value a series, this is a ${type === 'matrix' ? 'range vector' : 'string'}`;
  return [{ id: 'type', severity: 'error', at: 0, text, fix: 'Take the range off, or put rate(…) around it.' }];
}

const wantedFacts: readonly (readonly [keyof LintFacts, string])[] = [
  ['scrapeIntervalMs', 'windows against the scrape interval'],
  ['metrics', 'whether metrics exist, and their types'],
  ['selectors', 'whether labels and values exist'],
  ['retentionMs', 'ranges and offsets against retention'],
  ['externalLabels', 'labels against the external labels'],
  ['alwaysFiring', 'alerts that never stop'],
  ['failingRecords', 'recording rules that fail'],
];

function missingFacts(facts: LintFacts): LintReport['notExamined'] {
  return wantedFacts.filter(([key]) => facts[key] === undefined).map(([, what]) => ({ what, why: 'needs the server' }));
}
