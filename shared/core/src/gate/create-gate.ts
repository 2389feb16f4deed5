import { accessRules } from './access.ts';
import { createApprovals } from './approvals.ts';
import { codeWay } from './code-way.ts';
import { createConfirmations } from './confirmations.ts';
import { formWay } from './form-way.ts';
import { lazyKey } from './key.ts';
import { refuse } from './refusals.ts';
import { newNonce } from './seal.ts';
import { folderStore } from './store.ts';
import type { ConfirmContext, ConfirmMode, Gate, GatedTool, GateOptions } from './types.ts';

type Way = 'code' | 'form' | 'never' | 'unconfirmed';

/**
 * The one gate of a server. Keys and files are touched on the first change, not here.
 *
 * Every refusal is a ToolError with `applied: no` whose hint names the setting an operator would change or the next step.
 */
export function createGate(options: GateOptions): Gate {
  const key = lazyKey(options.keys, options.stateDir);
  const { singleUse, approvals } = options.store ?? folderStore(options);
  const confirmations = createConfirmations(options, key, singleUse);
  const code = codeWay(options, confirmations, createApprovals(options, key, approvals));
  const form = formWay(options.environment, confirmations);
  const wayFor = (tool: GatedTool, context: ConfirmContext): Way =>
    wayOf(tool, context, options.mode, code.neededFor(tool) > 0);

  return {
    ...accessRules(options),
    async precheck(tool, context) {
      const way = wayFor(tool, context);
      if (way === 'code' && context.confirm !== undefined) {
        await confirmations.open('plan', context.confirm, tool, context);
      }
      if (way === 'form' && context.requestState !== undefined) await form.read(context.requestState, tool, context);
    },
    async decide(tool, plan, context) {
      if (plan.steps.length === 0) throw new RangeError('a plan without steps has nothing to decide');
      const way = wayFor(tool, context);
      if (way === 'form') return form.decide(tool, plan, context);
      if (way === 'code') return code.decide(tool, plan, context);
      return { kind: 'apply', how: way, planId: newNonce(), approvers: [] };
    },
  };
}

/**
 * Which way a call is confirmed. A second factor always means codes, also under `never`; a code that is given is
 * redeemed wherever codes are issued at all.
 *
 * @throws confirm_invalid for a confirmation of the other kind, not_configured for `form` without forms
 */
function wayOf(tool: GatedTool, context: ConfirmContext, mode: ConfirmMode, secondFactor: boolean): Way {
  if (!tool.confirms && tool.risk !== 'destructive') return 'unconfirmed';
  if (context.confirmNever === true && !secondFactor) return 'never';
  const [hasCode, hasState] = [context.confirm !== undefined, context.requestState !== undefined];
  if (secondFactor || mode === 'code') {
    if (hasState) throw refuse('notAsked');
    return 'code';
  }
  if (mode === 'form') {
    if (hasCode) throw refuse('notAsked');
    if (!context.canElicit && !hasState) throw refuse('noForms');
    return 'form';
  }
  if (hasCode) return 'code';
  if (mode === 'never') return 'never';
  return context.canElicit || hasState ? 'form' : 'code';
}
