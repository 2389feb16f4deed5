import { isToolError, ToolError } from '../errors/tool-error.ts';
import type { Principal } from '../gate/types.ts';
import { withinBudget } from './budget.ts';
import { errorMeta, errorText, outcomeOf } from './error-text.ts';
import type { AnyTool, CallHost } from './host.ts';
import type { Parts } from './parts.ts';
import type { Done } from './perform.ts';
import { planAnswer } from './plan-answer.ts';
import { cleanText, type Presented, present } from './present.ts';
import type { CallRecord } from './record.ts';
import type { Answer, Ask, CallRequest } from './request.ts';
import type { ValidInput } from './validate.ts';

interface Ready<Result> {
  readonly answer: Result;
  readonly redactions: number;
}

interface Finished {
  readonly tool: AnyTool;
  readonly valid: ValidInput;
  readonly request: CallRequest;
  readonly principal: Principal;
  readonly done: Done;
}

/** What was done, as it may leave. */
export async function resultOf(host: CallHost, parts: Parts, finished: Finished): Promise<Ready<Answer | Ask>> {
  const { done, request, principal, tool, valid } = finished;
  const { server } = host;
  const structured = isStructured(host, request);
  if (done.kind === 'ask') {
    const { message, schema, requestState, key } = done.decision;
    const clean = await cleanText(parts, server.title, message);
    return { answer: { kind: 'ask', message: clean.value, schema, requestState, key }, redactions: clean.count };
  }
  if (done.kind === 'show' || done.kind === 'nothing') {
    const { environment } = host.core;
    return planAnswer(parts, { server, environment, tool: tool.name, args: valid.args, structured, done });
  }
  const tools = await host.tools();
  const output = { tool, output: done.output, input: valid.input, structured, tools, principal };
  if (done.kind === 'read') return outputAnswer(await present(parts, server.title, output), '');
  const lead = done.how === 'never' ? 'Applied without confirmation (--confirm never).\n' : '';
  try {
    return outputAnswer(await present(parts, server.title, output), lead);
  } catch (error) {
    throw new ToolError('internal', 'the change was applied, but its result cannot be shown', {
      applied: 'yes',
      hint: isToolError(error) ? error.message : 'The stderr log of the server has the reason.',
      cause: error,
    });
  }
}

/** An error, as it may leave. The original stack goes to stderr only. */
export async function failureOf(
  host: CallHost,
  parts: Parts,
  error: ToolError,
  record: CallRecord,
): Promise<Ready<Answer>> {
  if (error.code === 'internal') {
    host.log('error', `${record.label}: ${stackOf(error.cause ?? error)}`);
    host.observer.fault({ where: 'call', error: error.cause ?? error, id: record.id });
  } else if (error.cause !== undefined) host.log('debug', `${record.label}: ${stackOf(error.cause)}`);
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
    return { answer: answer(withinBudget(clean.value, [])), redactions: clean.count };
  } catch (fault) {
    host.log('error', `${record.label}: ${stackOf(fault)}`);
    host.observer.fault({ where: 'call', error: fault, id: record.id });
    const applied = record.changing ? ` (applied: ${error.applied})` : '';
    const withheld = `${error.code}${applied}: the details are withheld, as they could not be redacted`;
    return { answer: answer(withheld), redactions: 0 };
  }
}

function isStructured(host: CallHost, request: CallRequest): boolean {
  const asked = request.meta?.['cinecom/results'];
  return asked === 'structured' || (asked !== 'text' && host.core.results === 'structured');
}

function outputAnswer(presented: Presented, lead: string): Ready<Answer> {
  const { redactions, text, ...rest } = presented;
  const shown = rest.structured === undefined ? lead + text : '';
  return { answer: { kind: 'answer', outcome: 'success', ...rest, text: shown }, redactions };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
