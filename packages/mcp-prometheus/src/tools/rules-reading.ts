import { type Call, duration, type Finding, type NotExamined, ToolError } from '@cinecom/mcp-core';
import { formatDuration, lintRules, readRuleFile, type WrittenRule } from '@cinecom/promql';
import { excerpt } from '../analysis/explain/diagnosis.ts';
import { lintFinding, rejectionFinding } from '../analysis/explain/judge-query.ts';
import { judgeRunning } from '../analysis/rules/judge-running.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import type { Rule, RuleGroup } from '../model/rule.ts';
import type { PrometheusSettings } from '../settings.ts';
import { createAsking } from './asking.ts';
import { readLintFacts } from './lint-facts.ts';
import { serverOpinion } from './server-opinion.ts';

const mostQuestions = 80;
const mostFiles = 20;
const mostOpinions = 100;
const shownExpr = 160;

type RulesCall = Call<PrometheusBackend, PrometheusSettings>;

export interface WantedRules {
  readonly isWanted: (rule: string) => boolean;
  readonly health: 'all' | 'err';
}

export interface RuleRow {
  readonly rule: string;
  readonly group: string;
  readonly expr: string;
  readonly for: string;
  readonly state: string;
  readonly took: string;
}

export interface CheckedRules {
  readonly rows: readonly RuleRow[];
  readonly found: readonly Finding[];
  readonly missing: readonly NotExamined[];
}

/** Rules that the server runs, the failing ones first. */
export async function checkRunning(
  { isWanted, health }: WantedRules,
  { backend, signal }: RulesCall,
): Promise<CheckedRules> {
  const all = await backend.rules(signal);
  const groups: readonly RuleGroup[] = all
    .map((group) => ({ ...group, rules: group.rules.filter(({ name }) => isWanted(name)) }))
    .filter(({ rules }) => rules.length > 0);
  const rows = groups
    .flatMap((group) => group.rules.map((rule) => ({ rule, group: group.name })))
    .filter(({ rule }) => health === 'all' || rule.health === 'err')
    .toSorted((a, b) => Number(b.rule.health === 'err') - Number(a.rule.health === 'err'))
    .map(({ rule, group }) => runningRow(rule, group));
  const none = groups.length === 0 ? [{ what: 'rules', why: 'none is running that matches', required: true }] : [];
  return { rows, found: judgeRunning(groups), missing: none };
}

function runningRow(rule: Rule, group: string): RuleRow {
  const { name, expr, health, evaluationSeconds } = rule;
  return {
    rule: name,
    group,
    expr: excerpt(expr, shownExpr),
    for: rule.kind === 'alerting' ? formatDuration(rule.forMs) : '',
    state: health === 'ok' ? (rule.kind === 'alerting' ? rule.state : 'records') : health,
    took: duration(evaluationSeconds * 1000),
  };
}

/** A text with rules, and where it comes from. */
interface RuleText {
  readonly origin: string;
  readonly text: string;
}

/**
 * The texts to lint.
 * @throws ToolError `invalid_input` for yaml without text; `backend_not_found` where there is no rule file
 */
export async function rulesIn(
  source: 'yaml' | 'file',
  { text, file }: { readonly text: string | undefined; readonly file: string | undefined },
  { backend, signal }: RulesCall,
): Promise<readonly RuleText[]> {
  if (source === 'yaml') {
    if (text !== undefined) return [{ origin: '', text }];
    throw new ToolError('invalid_input', 'source yaml needs text', {
      hint: 'Give the YAML of a rule, a list of rules, or a whole file.',
    });
  }
  if (file !== undefined) {
    const found = await backend.files.ruleFile(file, signal);
    return [{ origin: found.path, text: found.text }];
  }
  const files = await backend.files.ruleFiles(signal);
  if (files.length > 0) return files.map(({ path, text: content }) => ({ origin: path, text: content }));
  throw new ToolError('backend_not_found', 'there is no rule file that may be read', {
    hint: 'Set --config, whose rule_files are taken, or --rules-dir.',
  });
}

/** Lints texts with what the server knows about their metrics. */
export async function checkWritten(
  texts: readonly RuleText[],
  { isWanted }: WantedRules,
  { backend, signal, clock }: RulesCall,
): Promise<CheckedRules> {
  const now = clock.now();
  const rows: RuleRow[] = [];
  const found: Finding[] = [];
  const missing = new Map<string, NotExamined>();
  const examined = texts.slice(0, mostFiles);
  for (const { origin, text } of examined) {
    const file = readRuleFile(text, { loose: origin === '' });
    const asking = createAsking({ backend, signal }, { at: now, now, most: mostQuestions });
    const { facts, missing: unread } = await readLintFacts(file, asking);
    const report = lintRules(file, facts);
    for (const part of [...unread, ...(unread.length === 0 ? report.notExamined : [])]) missing.set(part.what, part);
    const prefix = texts.length > 1 ? `${origin}: ` : '';
    for (const one of report.findings) {
      if (one.rule !== '' && !isWanted(one.rule)) continue;
      const shown = lintFinding(one, 'rule');
      found.push({ ...shown, object: prefix + shown.object });
    }
    const unsound = new Set(report.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule));
    const rules = file.groups
      .flatMap((group) => group.rules)
      .filter(({ name }) => isWanted(name) && !unsound.has(name));
    const refused = await refusedRules(rules, backend, signal);
    found.push(...refused.found.map((one) => ({ ...one, object: prefix + one.object })));
    for (const part of refused.missing) missing.set(part.what, part);
    rows.push(...file.groups.flatMap(({ rules }) => rules.filter(({ name }) => isWanted(name)).map(writtenRow)));
  }
  if (texts.length > examined.length)
    missing.set('files', {
      what: 'further rule files',
      why: `${examined.length} of ${texts.length} were read`,
      required: true,
    });
  if (rows.length === 0 && found.length === 0)
    missing.set('rules', { what: 'rules', why: 'there is none that matches', required: true });
  return { rows, found, missing: [...missing.values()] };
}

/** What the server refuses although nothing is wrong by what is known here: newer or older functions, and the like. */
async function refusedRules(
  rules: readonly WrittenRule[],
  backend: PrometheusBackend,
  signal: AbortSignal,
): Promise<{ readonly found: readonly Finding[]; readonly missing: readonly NotExamined[] }> {
  const asked = rules.slice(0, mostOpinions);
  const opinions = await Promise.all(
    asked.map(async (rule) => ({ rule, ...(await serverOpinion(rule.expr, backend, signal)) })),
  );
  return {
    found: opinions.flatMap(({ rule, rejected }) =>
      rejected === undefined
        ? []
        : [
            {
              ...rejectionFinding(rejected),
              severity: 'critical' as const,
              object: `${rule.name}, line ${rule.exprLine}`,
            },
          ],
    ),
    missing: [
      ...opinions.flatMap(({ missing }) => missing),
      ...(asked.length < rules.length
        ? [{ what: 'the opinion of the server on further rules', why: `${asked.length} of ${rules.length} were asked` }]
        : []),
    ],
  };
}

function writtenRow({ kind, name, group, expr, forMs }: WrittenRule): RuleRow {
  return {
    rule: name,
    group,
    expr: excerpt(expr, shownExpr),
    for: kind === 'alert' ? formatDuration(forMs) : '',
    state: kind === 'alert' ? 'alert' : 'records',
    took: '',
  };
}
