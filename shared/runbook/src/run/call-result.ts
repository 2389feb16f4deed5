import type { CallToolResult } from '@modelcontextprotocol/client';
import { asText, isObject, type Json, type JsonObject } from '../json.ts';
import { messageOf } from '../problem.ts';
import { cut, safeLine, safeText } from '../safe-text.ts';
import type { CallError, CallRecord, PlanRecord } from './types.ts';
import { verdictOf } from './verdict.ts';

type Outcome = Omit<CallRecord, 'input' | 'at' | 'durationMs'>;

const longestText = 100_000;
const longestResult = 2 * 1024 * 1024;

/** What a tool answered, read once. Structured content is kept as it came; everything else becomes bounded text. */
export function readAnswer(answer: CallToolResult, changing: boolean): Outcome {
  if (answer.isError === true) return { status: 'failed', error: toolError(answer, changing) };
  const plan = planOf(answer);
  if (plan) return { status: 'planned', plan };
  const structured = answer.structuredContent as Json | undefined;
  if (structured === undefined) {
    const text = cut(textOf(answer), longestText);
    return { status: 'ok', result: { text }, text };
  }
  const size = JSON.stringify(structured).length;
  if (size > longestResult) {
    const message = `the result has ${size} characters, more than ${longestResult}; ask the tool for less`;
    const applied = changing ? 'yes' : 'no';
    return { status: 'failed', error: { code: 'too_large', message, retryable: false, applied } };
  }
  const verdict = verdictOf(structured);
  return { status: 'ok', result: structured, ...(verdict === undefined ? {} : { verdict }) };
}

/**
 * A call that ended without an answer.
 *
 * @param changing then nobody knows whether the change happened, unless the server says so
 */
export function readFailure(error: unknown, changing: boolean, interrupted: boolean): Outcome {
  const stated = errorMeta(isObject(dataOf(error)) ? (dataOf(error) as JsonObject) : undefined);
  if (stated) return { status: 'failed', error: { ...stated, message: safeLine(messageOf(error), 1000) } };
  const applied = changing ? 'unknown' : 'no';
  if (interrupted) {
    const message = 'the run was interrupted';
    return { status: 'cancelled', error: { code: 'cancelled', message, retryable: false, applied } };
  }
  const [code, message] = explained(error);
  return { status: 'failed', error: { code, message, retryable: false, applied } };
}

function explained(error: unknown): readonly [code: string, message: string] {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'REQUEST_TIMEOUT') return ['timeout', 'the tool did not answer in time'];
  if (code === 'CONNECTION_CLOSED' || code === 'NOT_CONNECTED') return ['server_ended', 'the server has ended'];
  return ['error', safeLine(messageOf(error), 1000)];
}

function dataOf(error: unknown): unknown {
  return error instanceof Error && 'data' in error ? error.data : undefined;
}

function toolError(answer: CallToolResult, changing: boolean): CallError {
  const stated = errorMeta(answer._meta as JsonObject | undefined);
  const message = cut(textOf(answer), 2000);
  const applied = changing ? 'unknown' : 'no';
  return { code: 'error', retryable: false, applied, ...stated, message: message || 'the tool failed' };
}

function errorMeta(meta: JsonObject | undefined): Omit<CallError, 'message'> | undefined {
  const error = meta?.['cinecom/error'];
  if (!isObject(error) || typeof error['code'] !== 'string') return undefined;
  const { applied } = error;
  return {
    code: safeLine(error['code'], 64),
    retryable: error['retryable'] === true,
    ...(typeof error['retryAfterMs'] === 'number' ? { retryAfterMs: error['retryAfterMs'] } : {}),
    applied: applied === 'yes' || applied === 'no' ? applied : 'unknown',
  };
}

function planOf(answer: CallToolResult): PlanRecord | undefined {
  const plan = answer._meta?.['cinecom/plan'];
  if (!isObject(plan) || typeof plan['confirm'] !== 'string') return undefined;
  const expiresAt = plan['expiresAt'];
  return {
    text: planText(answer),
    confirm: safeLine(plan['confirm'], 500),
    ...(typeof expiresAt === 'number' ? { expiresAt } : {}),
  };
}

function planText(answer: CallToolResult): string {
  const plan = (answer.structuredContent as JsonObject | undefined)?.['plan'];
  if (!isObject(plan)) return cut(textOf(answer), 10_000);
  const list = (key: string): readonly Json[] => (Array.isArray(plan[key]) ? (plan[key] as readonly Json[]) : []);
  const targets = list('targets').map((target) =>
    isObject(target) ? `${asText(target['type'])} ${asText(target['id'])}` : '',
  );
  const lines = [
    asText(plan['summary']),
    ...list('steps').map((step, index) => `${index + 1}. ${asText(step)}`),
    ...(targets.length > 0 ? [`Targets: ${targets.join(', ')}`] : []),
    ...list('warnings').map((warning) => `Warning: ${asText(warning)}`),
    `Undo: ${asText(plan['undo'] ?? 'unknown')}`,
  ];
  return cut(lines.map((line) => safeLine(line, 2000)).join('\n'), 10_000);
}

function textOf(answer: CallToolResult): string {
  const blocks = (answer.content ?? []).map((block) => (block.type === 'text' ? block.text : `[${block.type}]`));
  // Cut before it is cleaned: cleaning megabytes would take longer than the call.
  return safeText(blocks.join('\n').slice(0, 2 * longestText)).trim();
}
