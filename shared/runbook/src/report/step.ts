import { asText, isList, isObject, type Json } from '../json.ts';
import type { CallRecord, StepRecord } from '../run/types.ts';
import { renderData } from './data.ts';
import { shownDuration } from './duration.ts';
import { findingsOf, renderFindings } from './findings.ts';
import { code, fenced, inline } from './markdown.ts';
import type { Words } from './words.ts';

const mostText = 4000;

/** The section of one step. */
export function renderStep(step: StepRecord, number: number, words: Words): readonly string[] {
  const blocks = [`## ${number}. ${inline(step.title, 200)}`, statusLine(step, words)];
  if (step.reason) blocks.push(words.reason(step.reason.code, 'step' in step.reason ? code(step.reason.step) : ''));
  for (const [index, call] of step.calls.entries()) {
    if (step.foreach) blocks.push(`### ${words.item(index + 1)}: ${code(JSON.stringify(call.input), 200)}`);
    blocks.push(...renderCall(call, words));
  }
  if (step.itemsCut > 0) blocks.push(words.moreItems(step.itemsCut));
  return blocks;
}

function statusLine(step: StepRecord, words: Words): string {
  const verdict = step.verdict === undefined ? '' : `**${words.verdict[step.verdict]}** · `;
  const duration = step.calls.length === 0 ? '' : ` · ${shownDuration(step.durationMs)}`;
  return `${verdict}${words.status[step.status]} · ${code(`${step.server} ${step.tool}`)}${duration}`;
}

function renderCall(call: CallRecord, words: Words): readonly string[] {
  if (call.error) return renderError(call, words);
  if (call.plan) return renderPlan(call, words);
  if (call.text !== undefined) {
    const cutBy = call.text.length > mostText ? [words.textCut] : [];
    return call.text === '' ? [] : [fenced(call.text, mostText), ...cutBy];
  }
  const { result } = call;
  if (!isObject(result)) return [fenced(JSON.stringify(result ?? null), mostText, 'json')];
  const findings = findingsOf(result);
  const body = findings ? renderFindings(result, findings, words) : summaryOf(result);
  return [...body, ...renderData(result, words), ...leftOut(result, words)];
}

function summaryOf(result: { readonly [key: string]: Json }): readonly string[] {
  const { summary } = result;
  return typeof summary === 'string' ? [inline(summary, 1000)] : [];
}

/** What the server did not examine, and what it cut. */
function leftOut(result: { readonly [key: string]: Json }, words: Words): readonly string[] {
  const missing = objects(result['notExamined']).map(
    (part) => `- ${inline(asText(part['what']))}: ${inline(asText(part['why']))}`,
  );
  const cut = objects(result['truncated']).map((part) =>
    words.truncated(code(asText(part['path'])), Number(part['shown']), Number(part['total'])),
  );
  return [...(missing.length > 0 ? [`**${words.notExamined}**`, missing.join('\n')] : []), ...cut];
}

function objects(value: Json | undefined): readonly { readonly [key: string]: Json }[] {
  return isList(value) ? value.filter(isObject).slice(0, 20) : [];
}

function renderError({ error }: CallRecord, words: Words): readonly string[] {
  if (error === undefined) return [];
  const notes = [
    ...(error.applied === 'unknown' ? [`**${words.appliedUnknown}**`] : []),
    ...(error.retryable ? [words.retryable] : []),
  ];
  return [`**${words.failed}** (${code(error.code)})`, fenced(error.message, 2000), ...notes];
}

function renderPlan({ plan }: CallRecord, words: Words): readonly string[] {
  if (plan === undefined) return [];
  const until = plan.expiresAt === undefined ? undefined : new Date(plan.expiresAt).toISOString();
  const after = plan.confirm === undefined ? words.planNotSent : words.planCode(code(plan.confirm), until);
  return [`**${words.plan}**`, fenced(plan.text, 10_000), after];
}
