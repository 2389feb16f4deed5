import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { JsonObject } from '../json.ts';
import { safeLine } from '../safe-text.ts';
import type { Step } from '../runbook/types.ts';
import type { OpenServer } from '../servers/open-server.ts';
import { readAnswer, readFailure } from './call-result.ts';
import { isChanging, plansFirst } from './check-tools.ts';
import type { RunContext } from './context.ts';
import type { CallRecord, PlanRecord } from './types.ts';

const tooFast: ReadonlySet<string> = new Set(['rate_limited', 'busy', 'backend_rate_limited']);

type Outcome = Omit<CallRecord, 'input' | 'at' | 'durationMs'>;

/** One call, and for a changing tool the question to a person between its plan and its application. Never throws. */
export async function makeCall(
  context: RunContext,
  step: Step,
  server: OpenServer,
  input: JsonObject,
): Promise<CallRecord> {
  const at = new Date(context.clock.now()).toISOString();
  const began = context.clock.monotonic();
  const outcome = await callOrAsk(context, step, server, input);
  return { ...outcome, input, at, durationMs: Math.round(context.clock.monotonic() - began) };
}

async function callOrAsk(context: RunContext, step: Step, server: OpenServer, input: JsonObject): Promise<Outcome> {
  const tool = server.tools.get(step.tool);
  const changing = tool === undefined || isChanging(tool);
  if (!changing) return sendPatiently(context, step, server, input);
  if (tool !== undefined && !plansFirst(tool)) {
    const plan: PlanRecord = { text: `${step.tool} ${safeLine(JSON.stringify(input), 2000)}` };
    return (await isConfirmed(context, step, plan))
      ? send(context, step, server, input, true)
      : { status: 'planned', plan };
  }
  const first = await send(context, step, server, input, true);
  if (first.plan?.confirm === undefined || !(await isConfirmed(context, step, first.plan))) return first;
  return send(context, step, server, { ...input, confirm: first.plan.confirm }, true);
}

/** A reading call that came too fast is sent again when the server says so, within the time of the step. */
async function sendPatiently(context: RunContext, step: Step, server: OpenServer, input: JsonObject): Promise<Outcome> {
  const deadline = context.clock.monotonic() + step.timeoutMs;
  for (;;) {
    const outcome = await send(context, step, server, input, false);
    const { code = '', retryAfterMs = 1000 } = outcome.error ?? {};
    const pauseMs = Math.max(retryAfterMs, 50);
    if (!tooFast.has(code) || context.clock.monotonic() + pauseMs >= deadline) return outcome;
    context.observe({ kind: 'progress', step: step.id, message: `${code}: again in ${pauseMs} ms` });
    const isOver = await wait(pauseMs, false, { signal: context.signal }).catch(() => true);
    if (isOver) return outcome;
  }
}

async function isConfirmed(context: RunContext, step: Step, plan: PlanRecord): Promise<boolean> {
  return context.confirm !== undefined && !context.signal.aborted && context.confirm(step, plan);
}

async function send(
  context: RunContext,
  step: Step,
  server: OpenServer,
  args: JsonObject,
  changing: boolean,
): Promise<Outcome> {
  const { signal } = context;
  try {
    const answer = await server.call(step.tool, args, {
      timeoutMs: step.timeoutMs,
      signal,
      meta: { 'cinecom/results': 'structured', ...traceOf(context.traceId) },
      onProgress: (message) => context.observe({ kind: 'progress', step: step.id, message: safeLine(message, 200) }),
    });
    return readAnswer(answer, changing);
  } catch (error) {
    return readFailure(error, changing, signal.aborted);
  }
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
function traceOf(traceId: string): { readonly traceparent: string; readonly tracestate: string } {
  return { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`, tracestate: 'cinecom=runbook' };
}
