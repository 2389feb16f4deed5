import type { PlanRecord } from '../run/types.ts';
import type { Step } from '../runbook/types.ts';
import { safeLine } from '../safe-text.ts';
import type { World } from './world.ts';

/** Shows plans one after the other; a plan is agreed to by typing the id of its step. */
export function createConfirm(
  ask: NonNullable<World['ask']>,
  signal: AbortSignal,
): (step: Step, plan: PlanRecord) => Promise<boolean> {
  let turn: Promise<unknown> = Promise.resolve();
  return (step, plan) => {
    const name = safeLine(`${step.server} ${step.tool}`, 200);
    const question = `\n${name} would change something:\n${plan.text}\n\nType "${step.id}" to do it, anything else not to: `;
    const answer = turn.then(async () => (await ask(question, signal))?.trim() === step.id);
    turn = answer.catch(() => undefined); // The next question is asked whatever became of this one.
    return answer;
  };
}
