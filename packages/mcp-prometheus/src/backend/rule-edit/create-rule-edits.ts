import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import { parseQuery, printExpr } from '@cinecom/promql';
import type { RuleGroup } from '../../model/rule.ts';
import type { ExpectedRule, RuleEdits, RuleFileChange } from '../../model/rule-edit.ts';
import type { ServerState } from '../../model/server-state.ts';
import type { PrometheusApi } from '../api/prometheus-api.ts';
import { stageFile } from './replace-file.ts';
import { runProgram } from './run-program.ts';

/** Of reload, verification and, where it comes to that, the way back: nobody may stop half-way. */
const finishMs = 40_000;
const verifyMs = 10_000;
const lookEveryMs = 200;
const notEvaluated = 'the rule was not evaluated yet';

export interface RuleEditSurroundings {
  readonly api: PrometheusApi;
  readonly state: ServerState;
  readonly rules: (signal: AbortSignal) => Promise<readonly RuleGroup[]>;
  readonly reloadCommand: readonly string[] | undefined;
}

export function createRuleEdits(around: RuleEditSurroundings): RuleEdits {
  return {
    reload: (signal) => reloadServer(around, signal),
    async changeRuleFile(change, signal) {
      const before = await readUnchanged(change);
      const staged = await stageFile(change.path, change.text);
      let checkedByPromtool: boolean;
      try {
        checkedByPromtool = await checkByPromtool(staged.path, signal);
        signal.throwIfAborted();
        await staged.commit();
      } catch (error) {
        await staged.discard();
        throw error;
      }
      // From here on it is finished or taken back, whoever gives up on the call.
      const under = AbortSignal.timeout(finishMs);
      try {
        const reloadedBy = await reloadServer(around, under);
        const evaluated = await verify(around, change.expected, under);
        return { hash: hashOf(change.text), reloadedBy, checkedByPromtool, evaluated };
      } catch (error) {
        throw await takenBack(around, change.path, before, error);
      }
    },
  };
}

async function readUnchanged({ path, expectedHash }: RuleFileChange): Promise<string> {
  const text = await readFile(path, 'utf8');
  if (hashOf(text) === expectedHash) return text;
  throw new ToolError('backend_conflict', 'the rule file has changed since the plan', { hint: 'Plan the edit again.' });
}

/** @returns false where promtool is not on the PATH. @throws ToolError `invalid_input` where it refuses */
async function checkByPromtool(path: string, signal: AbortSignal): Promise<boolean> {
  const { code, output } = await runProgram('promtool', ['check', 'rules', path], signal);
  if (code === undefined) return false;
  if (code === 0) return true;
  throw new ToolError('invalid_input', 'promtool refuses the edited file; nothing was changed', {
    hint: 'prom_check_rules with the rule as text says more.',
    backendText: output.replaceAll(path, 'the file'),
  });
}

async function reloadServer(
  { api, reloadCommand }: RuleEditSurroundings,
  signal: AbortSignal,
): Promise<'lifecycle' | 'command'> {
  const { status, text } = await api.raw('POST', '/-/reload', signal);
  if (status < 300) return 'lifecycle';
  if (status >= 500) {
    throw new ToolError('backend_error', 'Prometheus could not load its files; it runs on what it had', {
      hint: 'prom_check_config and the log of Prometheus tell the cause.',
      backendText: text,
    });
  }
  const [program, ...argv] = reloadCommand ?? [];
  if (program === undefined) {
    throw new ToolError('backend_forbidden', `Prometheus does not reload over HTTP (${status})`, {
      hint: 'Start it with --web.enable-lifecycle, or set reloadCommand in the settings file.',
    });
  }
  const { code, output } = await runProgram(program, argv, signal);
  if (code === 0) return 'command';
  throw new ToolError(
    'backend_error',
    code === undefined ? 'the program of reloadCommand is not there' : `reloadCommand ended with ${code}`,
    {
      hint: 'Correct reloadCommand in the settings file.',
      ...(output === '' ? {} : { backendText: output }),
    },
  );
}

/**
 * Within ten seconds the reload is told as good, and the rule runs as it is written and does not fail.
 * @returns whether it was evaluated by then: a group of a long interval may come later
 */
async function verify(
  around: RuleEditSurroundings,
  expected: ExpectedRule | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + verifyMs;
  let why = 'the reload is not told as successful';
  for (;;) {
    const { reloadSucceeded } = await around.state.runtimeInfo(signal);
    const missing = reloadSucceeded
      ? whyNot(await around.rules(signal), expected)
      : 'the reload is not told as successful';
    if (missing === undefined) return true;
    why = missing;
    if (performance.now() > until) break;
    await delay(lookEveryMs, undefined, { signal });
  }
  if (why === notEvaluated) return false;
  throw new ToolError('backend_error', `after the reload ${why}`, { hint: 'prom_check_rules lists what runs.' });
}

function whyNot(groups: readonly RuleGroup[], expected: ExpectedRule | undefined): string | undefined {
  if (expected === undefined) return undefined;
  const own = groups.flatMap(({ rules }) => rules.filter(({ name }) => name === expected.name));
  if (expected.expr === undefined) return own.length === 0 ? undefined : 'the rule still runs';
  const wanted = normal(expected.expr);
  const found = own.find(({ expr }) => normal(expr) === wanted);
  if (found === undefined) return 'the rule does not run as it is written';
  if (found.health === 'err') return 'the rule fails when it is evaluated';
  return found.health === 'unknown' ? notEvaluated : undefined;
}

/** Servers print expressions in their own way. */
function normal(expr: string): string {
  const { expr: tree } = parseQuery(expr);
  return tree === undefined ? expr.replaceAll(/\s+/g, ' ').trim() : printExpr(tree).replaceAll(/\s+/g, '');
}

/** The old file again, and the old rules loaded; the error says which of both is true. */
async function takenBack(around: RuleEditSurroundings, path: string, before: string, cause: unknown): Promise<unknown> {
  if (!isToolError(cause)) return cause;
  const under = AbortSignal.timeout(finishMs);
  const details = { cause, ...(cause.backendText === undefined ? {} : { backendText: cause.backendText }) };
  try {
    const staged = await stageFile(path, before);
    await staged.commit();
  } catch {
    return new ToolError('backend_error', `${cause.message}; and the old file could not be put back`, {
      ...details,
      applied: 'unknown',
      hint: 'prom_edit_rules with op restore puts it back; the backup is kept.',
    });
  }
  const reloaded = await reloadServer(around, under).then(
    () => true,
    () => false, // it never took the new file, or cannot be told to: the old rules run in both cases but the first
  );
  const rules = reloaded ? 'and its rules are loaded' : 'and Prometheus runs on the rules that it had';
  return new ToolError(cause.code, `${cause.message}; the file is as before ${rules}`, {
    ...details,
    applied: 'no',
    ...(cause.hint === undefined ? {} : { hint: cause.hint }),
  });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
