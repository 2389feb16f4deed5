import { setTimeout as delay } from 'node:timers/promises';
import { ToolError } from '@cinecom/mcp-core';
import { parseQuery, printExpr } from '@cinecom/promql';
import type { RuleGroup } from '../../model/rule.ts';
import type { ExpectedRule } from '../../model/rule-edit.ts';
import type { ServerState } from '../../model/server-state.ts';
import type { PrometheusApi } from '../api/prometheus-api.ts';
import { runProgram } from './run-program.ts';

const verifyMs = 10_000;
const lookEveryMs = 200;
const notEvaluated = 'the rule was not evaluated yet';

export interface ReloadSurroundings {
  readonly api: PrometheusApi;
  readonly state: ServerState;
  readonly rules: (signal: AbortSignal) => Promise<readonly RuleGroup[]>;
  readonly reloadCommand: readonly string[] | undefined;
}

export type ReloadedBy = 'lifecycle' | 'command';

/**
 * Loads the files and looks within ten seconds whether the reload is told as good, and the rule runs as it is written.
 *
 * @returns `evaluated`: false where it was not evaluated by then, as in a group of a long interval
 * @throws ToolError `backend_forbidden` where nothing can reload, `backend_error` where the server does not take its files
 */
export async function reloadAndLook(
  around: ReloadSurroundings,
  expected: ExpectedRule | undefined,
  signal: AbortSignal,
): Promise<{ readonly reloadedBy: ReloadedBy; readonly evaluated: boolean }> {
  const { lastReloadAt } = await around.state.runtimeInfo(signal);
  const reloadedBy = await requestReload(around, lastReloadAt, signal);
  // over HTTP it has happened by now; a command may only have asked for it. Times are told in whole seconds
  const since = reloadedBy === 'command' ? lastReloadAt + 1 : lastReloadAt;
  return { reloadedBy, evaluated: await verify(around, expected, since, signal) };
}

async function requestReload(
  { api, reloadCommand }: ReloadSurroundings,
  lastReloadAt: number,
  signal: AbortSignal,
): Promise<ReloadedBy> {
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
  // two reloads within a second could not be told apart
  if (Math.abs(Date.now() - lastReloadAt) < 1100) await delay(1100, undefined, { signal });
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

async function verify(
  around: ReloadSurroundings,
  expected: ExpectedRule | undefined,
  since: number,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + verifyMs;
  for (;;) {
    const { reloadSucceeded, lastReloadAt } = await around.state.runtimeInfo(signal);
    const why = !reloadSucceeded
      ? 'the reload is not told as successful'
      : lastReloadAt < since
        ? 'the server has not reloaded'
        : whyNot(await around.rules(signal), expected);
    if (why === undefined) return true;
    if (performance.now() > until) {
      if (why === notEvaluated) return false;
      throw new ToolError('backend_error', `after the reload ${why}`, { hint: 'prom_check_rules lists what runs.' });
    }
    await delay(lookEveryMs, undefined, { signal });
  }
}

function whyNot(groups: readonly RuleGroup[], expected: ExpectedRule | undefined): string | undefined {
  if (expected === undefined) return undefined;
  const own = groups
    .filter(({ name }) => expected.group === undefined || name === expected.group)
    .flatMap(({ rules }) => rules.filter(({ name }) => name === expected.name));
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
