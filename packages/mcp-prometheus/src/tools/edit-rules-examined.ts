import { attempt, type Finding, quote, ToolError } from '@cinecom/mcp-core';
import { backtestText, judgeBacktest } from '../analysis/backtest/judge-backtest.ts';
import { ruleToTry, tryRule } from './backtest-reading.ts';
import type { QueryCall } from './query-steps.ts';
import { unfinishedEdit } from './rule-backups.ts';
import { checkWritten } from './rules-reading.ts';

const backtestMs = 24 * 3_600_000;

/** Lint and history of a rule: errors stop, the rest is said. @throws ToolError `invalid_input` with the first error */
export async function examined(
  text: string,
  { kind }: { readonly kind: 'alert' | 'record' },
  call: QueryCall,
): Promise<readonly string[]> {
  const checked = await checkWritten([{ origin: '', text }], { isWanted: () => true, health: 'all' }, call);
  const [error] = checked.found.filter(({ severity }) => severity === 'critical');
  if (error !== undefined) {
    throw new ToolError('invalid_input', `the rule has an error: ${error.id}`, {
      hint: `prom_check_rules with source=yaml says all of it. ${plainFix(error)}`,
      backendText: error.evidence,
    });
  }
  const lint = checked.found
    .filter(({ severity }) => severity === 'warning')
    .map((one) => `${one.id}: ${quote(one.evidence)}`);
  if (kind === 'record') return lint;
  const rule = await ruleToTry({ rule: text }, call);
  const now = call.clock.now();
  const { found, series } = await tryRule(rule, { start: now - backtestMs, end: now }, call);
  const history =
    series === 0
      ? 'Not tried on history: its metrics have no samples of the last day'
      : `Over the last day it ${backtestText(found)}`;
  return [
    ...lint,
    history,
    ...judgeBacktest(rule.name, found, '1d')
      .filter(({ severity }) => severity === 'warning')
      .map(({ id, evidence }) => `${id}: ${evidence}`),
  ];
}

/** Our own words only: a fix may quote names of the backend. */
function plainFix({ fix }: Finding): string {
  return /^[\w\s.,:;()'–-]{1,200}$/.test(fix) ? fix : '';
}

/** An earlier edit that was cut off, and how to take it back; none where the file is the one from before. */
export async function cutOffEdit({
  state,
  backend,
  signal,
}: Pick<QueryCall, 'state' | 'backend' | 'signal'>): Promise<Finding | undefined> {
  const found = await unfinishedEdit(state);
  if (found === undefined) return undefined;
  const { value: file } = await attempt('the rule file', backend.files.ruleFile(found.path, signal));
  if (file?.hash === found.hash) return undefined;
  return {
    id: 'edit_cut_off',
    severity: 'warning',
    object: found.path,
    evidence: `an edit of ${new Date(found.at).toISOString()} was cut off: the file may be new and not loaded`,
    threshold: 'none',
    fix: 'Look at the file; restore the backup, or reload',
    next: { tool: 'prom_edit_rules', args: { op: 'restore', name: found.id } },
  };
}
