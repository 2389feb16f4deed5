import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../define/plan.ts';
import { type Applied, isToolError, ToolError } from '../errors/tool-error.ts';
import type { ConfirmContext, Decision, Gate } from '../gate/types.ts';
import type { AnyTool } from './host.ts';
import type { Limits } from './limits.ts';
import type { CallRecord } from './record.ts';
import { runHandler } from './run-handler.ts';

export type Changed =
  | { readonly kind: 'output'; readonly output: unknown; readonly how: 'code' | 'form' | 'never' | 'unconfirmed' }
  | { readonly kind: 'nothing'; readonly plan: Plan }
  | { readonly kind: 'show'; readonly plan: Plan; readonly decision: Decision & { kind: 'show' } }
  | { readonly kind: 'ask'; readonly decision: Decision & { kind: 'ask' } };

type ChangeBody = AnyTool['body'] & { kind: 'change' };

/** What a changing call works with. */
export interface ChangeContext {
  readonly tool: AnyTool;
  readonly body: ChangeBody;
  readonly input: unknown;
  readonly confirm: ConfirmContext;
  readonly gate: Gate;
  readonly limits: Limits;
  readonly record: CallRecord;
  readonly signal: AbortSignal;
  /** Arguments of the tool's own functions, under any signal. */
  readonly callUnder: (signal: AbortSignal) => Parameters<ChangeBody['plan']>[1];
  readonly abandoned: () => void;
}

const settleMs = 10_000;

/** Plan → scope → decide → begin on disk → apply. Nothing is changed on any path but the last. */
export async function change(context: ChangeContext): Promise<Changed> {
  const { gate, tool } = context;
  await gate.precheck(tool, context.confirm);
  const first = await makePlan(context);
  if (first.steps.length === 0) return { kind: 'nothing', plan: first };
  const held = await context.limits.targets(
    first.targets.map((target) => `${target.type} ${target.id}`),
    context.signal,
  );
  try {
    // While another change of the target ran, what the plan rests on may have moved.
    const plan = held.waited ? await makePlan(context) : first;
    if (plan.steps.length === 0) return { kind: 'nothing', plan };
    if (!isDeepStrictEqual(plan.targets, first.targets)) throw movedTargets(tool.name);
    const decision = await gate.decide(tool, plan, context.confirm);
    context.record.about({ id: decision.planId, targets: plan.targets });
    if (decision.kind === 'show') return { kind: 'show', plan, decision };
    if (decision.kind === 'ask') return { kind: 'ask', decision };
    const { planId: id, approvers, how } = decision;
    await context.record.begin({ id, approvers, how, targets: plan.targets });
    return { kind: 'output', output: await apply(context, plan), how };
  } finally {
    held.release();
  }
}

/** Only the targets that were waited for are held. */
function movedTargets(tool: string): ToolError {
  return new ToolError('busy', `another change was under way, and ${tool} would now touch other targets`, {
    hint: 'Nothing was done. Call it again.',
  });
}

async function makePlan(context: ChangeContext): Promise<Plan> {
  const { body, signal } = context;
  const plan = await runHandler(() => body.plan(context.input, context.callUnder(signal)), signal, context.abandoned);
  context.gate.scope(plan);
  return plan;
}

async function apply(context: ChangeContext, plan: Plan): Promise<unknown> {
  let gone = false;
  const abandoned = () => {
    gone = true;
    context.abandoned();
  };
  try {
    return await runHandler(
      () => context.body.apply(plan, context.callUnder(context.signal)),
      context.signal,
      abandoned,
    );
  } catch (error) {
    if (isToolError(error) && !isUncertain(error, context.signal)) throw error;
    // Work that is still running may yet take effect, and a stopping process has no time to look.
    const applied = gone || isStopping(context.signal) ? 'unknown' : await settle(context, plan);
    throw withApplied(error, applied);
  }
}

function isUncertain(error: ToolError, signal: AbortSignal): boolean {
  return signal.aborted || error.code === 'backend_unreachable' || error.code === 'timeout';
}

function isStopping(signal: AbortSignal): boolean {
  return isToolError(signal.reason) && ['shutting_down', 'internal'].includes(signal.reason.code);
}

/** Looks whether an interrupted change took effect: unchanged → no, nothing left to do → yes. */
async function settle(context: ChangeContext, plan: Plan): Promise<Applied> {
  const signal = AbortSignal.timeout(settleMs);
  try {
    const call = context.callUnder(signal);
    const { body } = context;
    if (body.settle) return await runHandler(() => body.settle!(plan, call), signal, context.abandoned);
    const again = await runHandler(() => body.plan(context.input, call), signal, context.abandoned);
    if (again.steps.length === 0) return 'yes';
    return isDeepStrictEqual([again.observed, again.targets], [plan.observed, plan.targets]) ? 'no' : 'unknown';
  } catch {
    // What cannot be looked at is unknown; the error that matters is the one already on its way.
    return 'unknown';
  }
}

const appliedWords: Readonly<Record<Applied, string>> = {
  yes: 'The state was read again: the change took effect.',
  no: 'The state was read again: the change did not take effect.',
  unknown: 'Whether the change took effect is unknown: look before trying again.',
};

function withApplied(error: unknown, applied: Applied): ToolError {
  const known = isToolError(error) ? error : undefined;
  return new ToolError(known?.code ?? 'internal', known?.message ?? 'a fault of this server while applying', {
    hint: [appliedWords[applied], known?.hint].filter((text) => text !== undefined).join(' '),
    applied,
    ...(known?.backendText === undefined ? {} : { backendText: known.backendText }),
    cause: error,
  });
}
