import type { Plan } from '../define/plan.ts';
import type { ConfirmContext, GatedTool } from './types.ts';

export const formKey = 'confirm';
const typedField = 'target';
const shownLines = 20;

export type Answer = 'missing' | 'decline' | 'cancel' | { readonly typed: unknown };

/** What the person did with the form. What else the client sends along is ignored. */
export function readAnswer(responses: ConfirmContext['inputResponses']): Answer {
  const response = responses !== undefined && Object.hasOwn(responses, formKey) ? responses[formKey] : undefined;
  if (!isRecord(response)) return 'missing';
  const { action, content } = response;
  if (action === 'decline' || action === 'cancel') return action;
  if (action !== 'accept') return 'missing';
  return { typed: isRecord(content) && Object.hasOwn(content, typedField) ? content[typedField] : undefined };
}

/** What must be typed: the target, or for several their number and the environment; undefined when accepting suffices. */
export function wanted(tool: GatedTool, plan: Plan, environment: string | undefined): string | undefined {
  if (tool.risk !== 'destructive') return undefined;
  const [only] = plan.targets;
  if (plan.targets.length === 1 && only) return only.id;
  if (plan.targets.length === 0) return tool.name;
  return environment === undefined ? String(plan.targets.length) : `${plan.targets.length} ${environment}`;
}

/** The form's text: what will happen, to what, how to take it back, and what to type. */
export function formMessage(
  tool: GatedTool,
  plan: Plan,
  environment: string | undefined,
  reason: 'stale' | 'retry' | 'missing' | undefined,
): string {
  const type = wanted(tool, plan, environment);
  return [
    ...(reason === 'stale' ? ['What you were shown has changed since; this is the plan now.'] : []),
    ...(reason === 'retry' ? ['What was typed did not match. Nothing was done yet.'] : []),
    `${environment === undefined ? '' : `[${environment}] `}${oneLine(plan.summary)}`,
    ...listed('Steps', plan.steps),
    ...listed(
      'Targets',
      plan.targets.map((target) => `${target.type} ${target.id}`),
    ),
    ...listed('Warnings', plan.warnings),
    `Undo: ${oneLine(plan.undo)}`,
    ...(type === undefined ? [] : [`To confirm, type: ${oneLine(type)}`]),
  ].join('\n');
}

/** The form's fields, in the flat JSON Schema of elicitation: none when accepting suffices. */
export function formSchema(type: string | undefined): Readonly<Record<string, unknown>> {
  if (type === undefined) return { type: 'object', properties: {} };
  // The name itself stands in the message only: that is redacted and stripped on its way out, a schema is not.
  const field = { type: 'string', title: 'Confirm', description: 'Type exactly what the message asks for' };
  return { type: 'object', properties: { [typedField]: field }, required: [typedField] };
}

function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - shownLines;
  return [
    `${title}:`,
    ...lines.slice(0, shownLines).map((line) => `- ${oneLine(line)}`),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
  ];
}

const longestLine = 500;

/** Texts of a plan may hold names that outsiders chose: none may add lines that read like the form's own. */
function oneLine(text: string): string {
  const flat = text.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ⏎ ');
  return flat.length <= longestLine ? flat : `${flat.slice(0, longestLine)}…`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
