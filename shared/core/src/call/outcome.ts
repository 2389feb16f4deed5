import { isToolError, ToolError } from '../errors/tool-error.ts';
import { errorMeta, errorText, outcomeOf } from './error-text.ts';
import type { AnyTool, CallHost } from './host.ts';
import type { Parts } from './parts.ts';
import type { Done } from './perform.ts';
import { planNext, planText } from './plan-text.ts';
import { cleanText, type Presented, present } from './present.ts';
import type { CallRecord } from './record.ts';
import type { Answer, Ask, CallRequest } from './request.ts';
import type { ValidInput } from './validate.ts';
import type { Plan } from '../define/plan.ts';

interface Ready<Result> {
  readonly answer: Result;
  readonly redactions: number;
}

interface Finished {
  readonly tool: AnyTool;
  readonly valid: ValidInput;
  readonly request: CallRequest;
  readonly done: Done;
}

/** What was done, as it may leave. */
export async function resultOf(host: CallHost, parts: Parts, finished: Finished): Promise<Ready<Answer | Ask>> {
  const { done } = finished;
  switch (done.kind) {
    case 'ask': {
      const { message, schema, requestState, key } = done.decision;
      const clean = await cleanText(parts, host.server.title, message);
      return { answer: { kind: 'ask', message: clean.value, schema, requestState, key }, redactions: clean.count };
    }
    case 'show':
    case 'nothing':
      return planAnswer(host, parts, finished, done);
    case 'read':
      return outputAnswer(await present(parts, host.server.title, presentable(host, finished, done.output)), '');
    case 'output': {
      const lead = done.how === 'never' ? 'Applied without confirmation (--confirm never).\n' : '';
      try {
        return outputAnswer(await present(parts, host.server.title, presentable(host, finished, done.output)), lead);
      } catch (error) {
        throw new ToolError('internal', 'the change was applied, but its result cannot be shown', {
          applied: 'yes',
          hint: isToolError(error) ? error.message : 'The stderr log of the server has the reason.',
          cause: error,
        });
      }
    }
  }
}

/** An error, as it may leave. The original stack goes to stderr only. */
export async function failureOf(
  host: CallHost,
  parts: Parts,
  error: ToolError,
  record: CallRecord,
): Promise<Ready<Answer>> {
  if (error.code === 'internal') host.log('error', `call ${record.id}: ${stackOf(error.cause ?? error)}`);
  else if (error.cause !== undefined) host.log('debug', `call ${record.id}: ${stackOf(error.cause)}`);
  const meta = errorMeta(error);
  const answer = (text: string): Answer => ({
    kind: 'answer',
    outcome: outcomeOf(error),
    text,
    images: [],
    error: meta,
    meta: { 'cinecom/error': meta },
  });
  try {
    const clean = await cleanText(parts, host.server.title, errorText(error, record.changing));
    return { answer: answer(clean.value), redactions: clean.count };
  } catch (fault) {
    host.log('error', `call ${record.id}: ${stackOf(fault)}`);
    const applied = record.changing ? ` (applied: ${error.applied})` : '';
    return {
      answer: answer(`${error.code}${applied}: the details are withheld, as they could not be redacted`),
      redactions: 0,
    };
  }
}

function presentable(host: CallHost, finished: Finished, output: unknown): Parameters<typeof present>[2] {
  return { tool: finished.tool, output, input: finished.valid.input, structured: isStructured(host, finished.request) };
}

function isStructured(host: CallHost, request: CallRequest): boolean {
  const asked = request.meta?.['cinecom/results'];
  return asked === 'structured' || (asked !== 'text' && host.core.results === 'structured');
}

function outputAnswer(presented: Presented, lead: string): Ready<Answer> {
  const { redactions, text, ...rest } = presented;
  const leadText = rest.structured === undefined ? lead : '';
  return { answer: { kind: 'answer', outcome: 'success', ...rest, text: leadText + text }, redactions };
}

async function planAnswer(
  host: CallHost,
  parts: Parts,
  finished: Finished,
  done: Done & { kind: 'show' | 'nothing' },
): Promise<Ready<Answer>> {
  const body = await cleanText(parts, host.server.title, planText(done.plan, host.core.environment));
  if (done.kind === 'nothing') {
    const plain = await plainPlan(parts, finished, done.plan, host);
    return {
      answer: { kind: 'answer', outcome: 'planned', text: body.value, images: [], meta: {}, ...plain },
      redactions: body.count,
    };
  }
  const { decision } = done;
  const args = await parts.redactor.value(finished.valid.args);
  const next = planNext({
    tool: finished.tool.name,
    binary: host.server.name,
    args: args.value as Readonly<Record<string, unknown>>,
    code: decision.code,
    expiresAt: decision.expiresAt,
    needsApprovals: decision.needsApprovals,
  });
  const confirmation = {
    confirm: decision.code,
    expiresAt: decision.expiresAt,
    needsApprovals: decision.needsApprovals,
  };
  if (decision.reason === 'stale') {
    const stale = new ToolError(
      'stale_plan',
      'what the plan rests on has changed since it was shown; nothing was done',
    );
    const error = errorMeta(stale);
    const text = `${errorText(stale, true)}\nThe plan as of now:\n${body.value}\n${next}`;
    const meta = { 'cinecom/error': error, 'cinecom/plan': confirmation };
    return {
      answer: { kind: 'answer', outcome: 'denied', text, images: [], error, confirm: decision.code, meta },
      redactions: body.count,
    };
  }
  const plain = await plainPlan(parts, finished, done.plan, host, confirmation);
  const answer: Answer = {
    kind: 'answer',
    outcome: 'planned',
    text: `${body.value}\n${next}`,
    images: [],
    confirm: decision.code,
    meta: { 'cinecom/plan': confirmation },
    ...plain,
  };
  return { answer, redactions: body.count + args.count };
}

/** The plan as data, where structured results were asked for. */
async function plainPlan(
  parts: Parts,
  finished: Finished,
  plan: Plan,
  host: CallHost,
  confirmation?: { readonly confirm: string; readonly expiresAt: number; readonly needsApprovals: number },
): Promise<Pick<Answer, 'structured' | 'text'> | Record<string, never>> {
  if (!isStructured(host, finished.request)) return {};
  const { observed: _observed, ...shown } = plan;
  const clean = await parts.redactor.value(parts.firewall.stripDeep(shown));
  return { text: '', structured: { plan: clean.value as never, ...confirmation } };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
