import { isTrue, type Scope } from '../expression/evaluate.ts';
import { missingPaths, pathText } from '../expression/missing.ts';
import { fill } from '../expression/template.ts';
import { isList, isObject, type Json, type JsonObject } from '../json.ts';
import type { Step } from '../runbook/types.ts';
import type { RunContext } from './context.ts';
import { makeCall } from './make-call.ts';
import type { CallRecord, Reason, StepRecord } from './types.ts';
import { worst } from './verdict.ts';

/** Items of a list beyond these are not called for; the report says how many. */
export const mostItems = 50;

/** Runs a step whose turn has come. Never throws: what goes wrong is in the record. */
export async function runStep(context: RunContext, step: Step, scope: Scope): Promise<StepRecord> {
  if (step.when && !isTrue(fill(step.when, scope))) return withoutCalls(step, 'skipped', { code: 'condition' });
  if (step.foreach === undefined) return finish(context, step, [scope], 0);
  const list = fill(step.foreach, scope);
  if (list === null || (isList(list) && list.length === 0))
    return withoutCalls(step, 'skipped', { code: 'empty_list' });
  if (!isList(list)) return withoutCalls(step, 'failed', { code: 'no_list' });
  const scopes = list
    .slice(0, mostItems)
    .map((item, index) => new Map<string, Json>([...scope, ['item', item], ['index', index]]));
  return finish(context, step, scopes, list.length - scopes.length);
}

/** A step for which nothing was called. */
export function withoutCalls(step: Step, status: StepRecord['status'], reason: Reason): StepRecord {
  const { id, title, server, tool } = step;
  const foreach = step.foreach !== undefined;
  return { id, title, server, tool, status, reason, calls: [], foreach, itemsCut: 0, durationMs: 0 };
}

async function finish(
  context: RunContext,
  step: Step,
  scopes: readonly Scope[],
  itemsCut: number,
): Promise<StepRecord> {
  const began = context.clock.monotonic();
  context.observe({ kind: 'begin', step: step.id, title: step.title });
  const calls = await Promise.all(scopes.map((scope) => context.inSlot(() => callWith(context, step, scope))));
  const { id, title, server, tool } = step;
  const verdict = worst(calls.map((call) => call.verdict));
  const [at] = calls.map((call) => call.at).toSorted();
  return {
    id,
    title,
    server,
    tool,
    status: statusOf(calls),
    ...(verdict === undefined ? {} : { verdict }),
    ...(at === undefined ? {} : { at }),
    calls,
    foreach: step.foreach !== undefined,
    itemsCut,
    durationMs: Math.round(context.clock.monotonic() - began),
  };
}

async function callWith(context: RunContext, step: Step, scope: Scope): Promise<CallRecord> {
  const filled = fill(step.input, scope);
  const input: JsonObject = isObject(filled) ? filled : {};
  const refused = (code: string, message: string): CallRecord => {
    const status = code === 'cancelled' ? 'cancelled' : 'failed';
    const at = new Date(context.clock.now()).toISOString();
    return { status, input, error: { code, message, retryable: false, applied: 'no' }, at, durationMs: 0 };
  };
  if (context.signal.aborted) return refused('cancelled', 'the run was interrupted');
  const [missing] = missingPaths(step.input, scope);
  if (missing) {
    const path = pathText(missing);
    return refused('missing_value', `${path} is not there; where that is fine, write default(${path}, null)`);
  }
  const server = context.servers.open.get(step.server);
  if (server) return makeCall(context, step, server, input);
  return refused('server_missing', context.servers.missing.get(step.server)?.error ?? 'the server is not there');
}

function statusOf(calls: readonly CallRecord[]): StepRecord['status'] {
  const statuses = ['cancelled', 'failed', 'planned'] as const;
  return statuses.find((status) => calls.some((call) => call.status === status)) ?? 'ok';
}
