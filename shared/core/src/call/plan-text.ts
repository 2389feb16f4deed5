import { timestamp } from '../results/format.ts';
import type { Plan } from '../define/plan.ts';

/**
 * A plan as a person decides on it: summary, steps, targets, warnings, undo.
 *
 * @param environment label of the settings, so that nobody confirms for the wrong place
 */
export function planText(plan: Plan, environment: string | undefined): string {
  const where = environment === undefined ? '' : ` [${environment}]`;
  if (plan.steps.length === 0) return onOneLine(`NOTHING TO DO${where}: ${plan.summary}`);
  const lines = [`PLAN${where}: ${plan.summary}`, 'Steps:'];
  lines.push(...plan.steps.map((step, index) => `${index + 1}. ${step}`));
  if (plan.targets.length > 0) {
    lines.push(`Targets: ${plan.targets.map((target) => `${target.type} ${target.id}`).join(', ')}`);
  }
  lines.push(...plan.warnings.map((warning) => `Warning: ${warning}`), `Undo: ${plan.undo}`);
  return lines.map(onOneLine).join('\n');
}

/** A name with a line break must not pass for a line of the plan. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, ' ⏎ ');
}

/**
 * What to do with a shown plan.
 *
 * @param args redacted, as JSON members
 */
export function planNext(options: {
  readonly tool: string;
  readonly binary: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly expiresAt: number;
  readonly needsApprovals: number;
}): string {
  const lines = [`Nothing has been changed yet. The code holds until ${timestamp(options.expiresAt)}.`];
  if (options.needsApprovals > 0) {
    const people = options.needsApprovals === 1 ? 'A person' : `${options.needsApprovals} persons`;
    lines.push(`${people} must approve it first, on a terminal: ${options.binary} approve ${options.code}`);
  }
  lines.push(`Next: ${options.tool} ${JSON.stringify({ ...options.args, confirm: options.code })}`);
  return lines.join('\n');
}
