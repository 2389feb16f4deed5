import type { Plan } from '../define/plan.ts';
import { ToolError } from '../errors/tool-error.ts';
import { withinBudget } from './budget.ts';
import type { Changed } from './change.ts';
import { errorMeta, errorText } from './error-text.ts';
import type { Parts } from './parts.ts';
import { planNext, planText } from './plan-text.ts';
import { cleanText, neutralised } from './present.ts';
import type { Answer } from './request.ts';

/** Leaves room for the code and the next call below the hard cap. */
const planBudget = 30_000;

interface Shown {
  readonly server: { readonly name: string; readonly title: string };
  readonly environment: string | undefined;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly structured: boolean;
  readonly done: Changed & { kind: 'show' | 'nothing' };
}

interface Confirmation {
  readonly confirm: string;
  readonly expiresAt: number;
  readonly needsApprovals: number;
}

/** A plan as it may leave: with its code and the exact next call, or as nothing to do; stale ones as an error. */
export async function planAnswer(
  parts: Parts,
  shown: Shown,
): Promise<{ readonly answer: Answer; readonly redactions: number }> {
  const { done } = shown;
  const whole = await cleanText(parts, shown.server.title, planText(done.plan, shown.environment));
  const body = { ...whole, value: withinBudget(whole.value, [], planBudget) };
  const base = { kind: 'answer', outcome: 'planned', images: [] } as const;
  if (done.kind === 'nothing') {
    const data = shown.structured ? { structured: await planData(parts, done.plan) } : {};
    const text = shown.structured ? '' : body.value;
    return { answer: { ...base, text, meta: {}, ...data }, redactions: body.count };
  }
  const { code, expiresAt, needsApprovals, reason } = done.decision;
  const confirmation: Confirmation = { confirm: code, expiresAt, needsApprovals };
  // Made after redaction, as the code must arrive whole; the arguments beside it are redacted by themselves.
  const args = await parts.redactor.value(shown.args);
  const next = planNext({
    tool: shown.tool,
    binary: shown.server.name,
    args: args.value as Readonly<Record<string, unknown>>,
    code,
    expiresAt,
    needsApprovals,
  });
  const redactions = body.count + args.count;
  const meta = { 'cinecom/plan': confirmation };
  if (reason === 'stale') return { answer: staleAnswer(`${body.value}\n${next}`, confirmation), redactions };
  if (shown.structured) {
    const structured = { ...(await planData(parts, done.plan)), ...confirmation };
    return { answer: { ...base, text: '', structured, confirm: code, meta }, redactions };
  }
  return { answer: { ...base, text: `${body.value}\n${next}`, confirm: code, meta }, redactions };
}

function staleAnswer(plan: string, confirmation: Confirmation): Answer {
  const stale = new ToolError('stale_plan', 'what the plan rests on has changed since it was shown; nothing was done');
  const error = errorMeta(stale);
  return {
    kind: 'answer',
    outcome: 'denied',
    text: `${errorText(stale, true)}\nThe plan as of now:\n${plan}`,
    images: [],
    error,
    confirm: confirmation.confirm,
    meta: { 'cinecom/error': error, 'cinecom/plan': confirmation },
  };
}

/** The plan as data, without what it rests on. */
async function planData(parts: Parts, plan: Plan): Promise<NonNullable<Answer['structured']>> {
  const { observed: _observed, ...shown } = plan;
  const clean = await parts.redactor.value(parts.firewall.stripDeep(shown));
  return { plan: neutralised(parts, clean.value) as never };
}
