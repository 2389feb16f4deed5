import type { Finding } from '@cinecom/mcp-core';
import { lineColumn, lintRules, type LintFacts, type LintFinding, type Place, type Problem } from '@cinecom/promql';
import type { Diagnosis } from './diagnosis.ts';

/** What is wrong with the text itself, with its place. */
export function problemFindings(problems: readonly Problem[]): readonly Finding[] {
  return problems.map(({ code, message, hint, line, column }) => ({
    id: code === 'newer' ? 'version' : code === 'type' ? 'type' : 'syntax',
    severity: code === 'newer' ? 'info' : 'warning',
    object: `line ${line}, column ${column}`,
    evidence: message,
    threshold: code === 'newer' ? 'known to every server' : 'what the server accepts',
    fix: hint ?? 'Correct the expression at this place.',
  }));
}

/** Only dashboards fill variables in. */
export function variableFindings(query: string, variables: readonly Place[]): readonly Finding[] {
  return variables.slice(0, 1).map(({ from }) => {
    const { line, column } = lineColumn(query, from);
    return {
      id: 'variable',
      severity: 'warning',
      object: `line ${line}, column ${column}`,
      evidence: 'a variable of Grafana, which Prometheus does not know',
      threshold: 'what the server accepts',
      fix: 'Put a value in its place: 5m for $__rate_interval, .* for a variable in a pattern.',
    };
  });
}

/** Habits of the expression that mislead, by the lint of rules. */
export function habitFindings(query: string, facts: LintFacts): readonly Finding[] {
  const rule = {
    kind: 'record' as const,
    name: 'query',
    group: '',
    expr: query,
    line: 1,
    exprLine: 1,
    exprKeepsLines: true,
    forMs: 0,
    keepFiringForMs: 0,
    labels: {},
    annotations: {},
    lines: {},
  };
  const file = { groups: [{ name: '', line: 1, intervalMs: undefined, rules: [rule] }], problems: [] };
  const own = new Set(['syntax', 'type', 'regex', 'version']);
  return lintRules(file, facts)
    .findings.filter(({ id }) => !own.has(id))
    .map((found) => lintFinding(found, 'query'));
}

/** A finding of the lint in the shape of all findings. */
export function lintFinding(
  { id, severity, line, rule, group, text, fix }: LintFinding,
  what: 'rule' | 'query',
): Finding {
  const name = rule === '' ? group : rule;
  return {
    id,
    severity: severity === 'error' ? 'critical' : severity,
    object: what === 'query' ? `line ${line}` : `${name === '' ? 'file' : name}, line ${line}`,
    evidence: text,
    threshold: severity === 'error' ? 'must be repaired' : severity === 'warning' ? 'should be repaired' : 'better so',
    fix,
  };
}

/** The reasons for an empty answer. */
export function diagnosisFindings(diagnoses: readonly Diagnosis[]): readonly Finding[] {
  return diagnoses.map(({ code, part, evidence, fix }) => ({
    id: code,
    severity: code === 'condition_false' ? 'info' : 'warning',
    object: part,
    evidence,
    threshold: 'at least one series',
    fix,
  }));
}

/** What only the server knows to be wrong, in its own words. */
export function rejectionFinding(rejected: string): Finding {
  return {
    id: 'rejected',
    severity: 'warning',
    object: 'query',
    evidence: rejected,
    threshold: 'what the server accepts',
    fix: 'The server is the authority: correct the place that it names.',
  };
}
